import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { headService } from './head-service.ts'
import { startService } from './running-service.ts'
import type { Service } from './service.ts'

let service: Service
before(async () => {
  service = await headService()
})
after(() => service?.[Symbol.asyncDispose]())

const file = (name: string) => path.join(service.folder, name)

test('what guards people stays in the platform; each refusal says what helps instead', async () => {
  for (const [name, sentence] of [
    ['identity', /^identity cannot be ejected: .*start\(\{ authenticate \}\)\.$/],
    ['health', /^health cannot be ejected: .*resource\(\)/],
    ['webb', /^There is no feature "webb" to eject; there is: web\.$/],
    ['constructor', /^There is no feature "constructor"/],
  ] as const) {
    const { code, err } = await service.plinth('eject', name)
    assert.deepEqual([code, sentence.test(err)], [2, true], err)
  }
  const early = await service.plinth('eject', 'web', '--diff')
  assert.deepEqual(
    [early.code, early.err],
    [2, 'web was not ejected here; `plinth eject web` does it.'],
  )
})

test('an ejected feature is the owner’s code: it compiles, runs in the place of the platform’s, and is edited', async () => {
  const dry = JSON.parse((await service.plinth('eject', 'web', '--dry-run', '--json')).out)
  assert.equal(await service.git('status', '--porcelain'), '')
  const { code, out, err } = await service.plinth('eject', 'web')
  assert.equal(code, 0, err)
  assert.ok(dry.files.every((name: string) => out.includes(`wrote  ${name}`)))
  assert.equal((await service.plinth('eject', 'web')).code, 2)

  for (const entry of ['src/main.ts', 'src/worker.ts']) {
    const text = await readFile(file(entry), 'utf8')
    const replaced = text.replace(
      'features: registry',
      'features: registry, replace: { web: webFeature }',
    )
    await writeFile(file(entry), `import { webFeature } from './ejected/web/index.ts'\n${replaced}`)
  }
  const page = file('src/ejected/web/sign-in-page.ts')
  const before = await readFile(page, 'utf8')
  await writeFile(page, before.replaceAll('<h1>Sign in</h1>', '<h1>Come in to the shelf</h1>'))
  const tsc = file('node_modules/typescript/bin/tsc')
  const types = await service.run(process.execPath, [
    tsc,
    '-p',
    '.',
    '--noEmit',
    '--customConditions',
    'plinth-source',
  ])
  assert.equal(types.code, 0, types.out)

  await using running = await startService(service, { provider: true })
  const headers = { 'sec-fetch-site': 'cross-site' }
  const shown = await fetch(`${running.url}/auth/sign-in`, { headers })
  assert.match(await shown.text(), /Come in to the shelf/)
  assert.equal((await fetch(`${running.url}/account`)).status, 401)
})

test('doctor names an ejected feature that the platform changed since, until the owner has seen it', async () => {
  const record = file('.plinth/ejected.json')
  const findings = async () => {
    const { findings: all } = JSON.parse((await service.plinth('doctor', '--json')).out)
    return all.filter(({ code }: { code: string }) => code === 'ejected.behind')
  }
  assert.deepEqual(await findings(), [])
  const text = await readFile(record, 'utf8')
  await writeFile(
    record,
    text.replace(/("sign-in-page\.ts": ")\w{8}/, '$1deadbeef').replace('0.1.0', '0.0.9'),
  )
  const [found] = await findings()
  assert.match(
    found.says,
    /^src\/ejected\/web was copied from Plinth 0\.0\.9, .*sign-in-page\.ts since\.$/,
  )
  assert.match(found.fix, /plinth eject web --diff.*plinth eject web --seen/)
  const { out } = await service.plinth('eject', 'web', '--diff')
  assert.match(out, /^-<h1>Come in to the shelf<\/h1>$/m)
  assert.match(out, /^\+<h1>Sign in<\/h1>$/m)
  assert.equal((await service.plinth('eject', 'web', '--seen', '--dry-run')).code, 0)
  assert.equal((await findings()).length, 1)
  assert.equal((await service.plinth('eject', 'web', '--seen')).code, 0)
  assert.deepEqual(await findings(), [])
  await rm(record)
})
