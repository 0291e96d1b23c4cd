import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { accountWithPassword } from '../../clients/python/account.fixture.ts'
import { findPython } from '../../clients/python/python.fixture.ts'
import { noChromium, openChromium, openPage } from '../browser/chromium.ts'
import { CLIENT, clientFiles } from '../browser/client-files.ts'
import { signInAtProvider } from '../browser/sign-in-by-hand.ts'
import type { TemplateService } from '../browser/template-service.ts'
import { openTemplateService } from '../browser/template-service.ts'
import { ROOT } from '../gates/source/files.ts'
import { blocksOf, outputOf } from './blocks.ts'

const run = promisify(execFile)
const DEFAULT = 'http://localhost:8000'
const typescript = blocksOf('docs/clients/typescript.md')
const python = blocksOf('docs/clients/python.md')
const found = await findPython()

let service: TemplateService
let page: FrontPage
before(async () => {
  page = await servePage()
  service = await openTemplateService({
    settings: { 'app.cors.origins': [page.origin], 'oidc.allowed_redirect_hosts': [page.origin] },
  })
  await accountWithPassword(service.world.database.platform)
})
after(async () => {
  await service[Symbol.asyncDispose]()
  await page.close()
})

interface FrontPage {
  readonly origin: string
  /** Program of the page. */
  script: string
  close(): Promise<unknown>
}

/** A front end with one page, whose program is the one in the guide. */
async function servePage(): Promise<FrontPage> {
  const files = clientFiles()
  const server = createServer(({ url = '' }, response) => {
    const script = url === '/app.js' ? front.script : files.get(url)
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript')
    response.end(
      script ?? '<!doctype html><title>Shop</title><script type="module" src="/app.js"></script>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const front: FrontPage = {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    script: '',
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
  return front
}

const codeIn = (place: string) => {
  const block = typescript.find((one) => one.place === place)
  assert.ok(block, `no block runs in: ${place}`)
  return block.code.replaceAll(DEFAULT, service.url)
}

test('docs/clients/typescript.md: the front end signs in, adds a lamp, and signs out', {
  skip: noChromium,
}, async () => {
  page.script = stripTypeScriptTypes(codeIn('browser')).replace("'@plinth/client'", `'${CLIENT}'`)
  await using browser = await openChromium()
  const { page: tab, faults } = await openPage(browser)
  await tab.goto(`${page.origin}/shop`)
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await signInAtProvider(tab)
  await tab.waitForURL(`${page.origin}/shop`)
  await tab.getByText('Hello, Test User One.').waitFor()
  await tab.getByRole('button', { name: 'Add a lamp' }).click()
  await tab.getByText(/^Added as /).waitFor()
  await tab.getByRole('button', { name: 'Add a lamp' }).click()
  await tab.getByText(/already/).waitFor()
  await tab.getByRole('button', { name: 'Sign out' }).click()
  await tab.waitForURL(`${service.url}/`)
  await tab.goto(`${page.origin}/shop`)
  await tab.getByRole('button', { name: 'Sign in' }).waitFor()
  assert.deepEqual(faults, [])
})

/** Runs a program of the guide for Node, and returns what it prints. */
async function printed(place: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-guide-'))
  try {
    await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
    await writeFile(path.join(folder, 'guide.ts'), codeIn(place))
    const args = ['--conditions=plinth-source', 'guide.ts']
    return (await run(process.execPath, args, { cwd: folder })).stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('docs/clients/typescript.md: the program for Node prints what the guide says', async () => {
  assert.equal(await printed('node'), outputOf(typescript))
})

test('docs/clients/typescript.md: the program with a password signs in, goes on, and signs out', async () => {
  assert.equal(await printed('tokens'), 'Ana Berg\nAna Berg\nfalse\n')
})

test('docs/clients/python.md: the programs print what the guide says', {
  skip: 'missing' in found && found.missing,
}, async () => {
  assert.ok('python' in found)
  const program = python
    .filter(({ language }) => language === 'python')
    .map(({ code }) => code.replaceAll(DEFAULT, service.url))
    .join('\n')
  const env = { ...process.env, PYTHONPATH: path.join(ROOT, 'clients/python/src') }
  const { stdout } = await run(found.python, ['-c', program], { env })
  assert.equal(stdout, outputOf(python))
})
