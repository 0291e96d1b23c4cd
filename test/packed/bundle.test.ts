import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { bundlePackage } from '../../scripts/pack/bundle-package.ts'

/** Modules as the compiler writes them, with their declarations. */
const SHOP: Readonly<Record<string, string>> = {
  'index.js': `export { Till as CashTill } from './till/index.js';
export { start } from './start.js';
export { basename } from 'node:path';`,
  'till/index.js': `export { Till, count } from './till.js';
export { price } from './price.js';`,
  'till/till.js': `import { price as cost } from './price.js';
const price = 'a name of its own';
export class Till {
    cost = cost;
    said = price;
}
export const count = (tills) => tills.length;`,
  'till/price.js': `import path, { sep } from 'node:path';
export const price = path.join('4', '2').split(sep).join('');`,
  'start.js': `export async function start() {
    const { serve } = await import('./server/index.js');
    return serve();
}`,
  'server/index.js': `import { price } from '../till/index.js';
export function serve() {
    return { price, asset: new URL('./page.css', import.meta.url).href };
}`,
  'server/never-asked.js': `throw new Error('nobody imports this');
export const never = 1;`,
  'program.js': `import { price } from './till/price.js';
globalThis.ran = price;`,
}

async function bundled(modules: Readonly<Record<string, string>>) {
  const root = await mkdtemp(path.join(tmpdir(), 'plinth-bundle-'))
  for (const [file, text] of Object.entries(modules)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), `${text}\n`)
    await writeFile(path.join(root, file.replace(/js$/, 'd.ts')), '')
  }
  await writeFile(path.join(root, 'package.json'), '{ "type": "module" }')
  await writeFile(path.join(root, 'browser.js'), 'export const untouched = true')
  const remove = () => rm(root, { recursive: true, force: true })
  const entries = ['index.js', 'program.js'].filter((file) => file in modules)
  await bundlePackage(root, entries).catch(async (error) => {
    await remove()
    throw error
  })
  const load = (file: string) => import(pathToFileURL(path.join(root, file)).href)
  return { root, load, [Symbol.asyncDispose]: remove }
}

test('a bundled package offers what it offered: names passed on, renamed, loaded later, of other packages', async () => {
  await using shop = await bundled(SHOP)
  const { CashTill, start, basename, ...others } = await shop.load('index.js')
  assert.deepEqual(Object.keys(others), [])
  assert.equal(basename('/a/b'), 'b')
  assert.deepEqual({ ...new CashTill() }, { cost: '42', said: 'a name of its own' })
  const page = pathToFileURL(path.join(shop.root, 'server/page.css')).href
  assert.deepEqual(await start(), { price: '42', asset: page }, 'a module knows where it was')
})

test('a program runs, each module exists once, and nothing that nobody imports is left', async () => {
  await using shop = await bundled(SHOP)
  await shop.load('program.js')
  assert.equal(Reflect.get(globalThis, 'ran'), '42')
  const files = await readdir(shop.root, { recursive: true })
  const scripts = files.filter((file) => file.endsWith('.js') && !file.startsWith('chunks'))
  assert.deepEqual(scripts.sort(), ['browser.js', 'index.js', 'program.js'])
  const texts = await Promise.all(
    files
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFile(path.join(shop.root, file), 'utf8')),
  )
  assert.equal(texts.join('').split('a name of its own').length, 2)
  assert.doesNotMatch(texts.join(''), /nobody imports this/)
})

test('what the bundler warns of stops it', async () => {
  await assert.rejects(
    bundled({ 'index.js': "export { missing } from './price.js';", 'price.js': 'export {};' }),
    /"missing" is not exported by ".*price\.js"/,
  )
  await assert.rejects(bundled({ 'index.js': "export * from './gone.js';" }), /gone\.js/)
})
