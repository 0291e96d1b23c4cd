import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { FastifyRequest } from 'fastify'
import type { Principal } from '../../packages/plinth/src/access/index.ts'
import type { RunningMailbox } from '../../packages/plinth/src/dev/index.ts'
import { newId } from '../../packages/plinth/src/kernel/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { openTestMailbox } from '../../packages/plinth/src/testing/mailbox.ts'
import { registry as features } from '../../template/src/generated/registry.ts'
import type { TemplateService } from '../browser/template-service.ts'
import { openTemplateService } from '../browser/template-service.ts'
import { ROOT } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/authentication.md'
/** What the example of an identity of one's own exports. */
interface Example {
  identityOf(
    whoIs: (token: string) => Promise<Pick<Principal, 'person' | 'name' | 'tenant'> | undefined>,
  ): (request: FastifyRequest) => Promise<Principal | undefined>
}

const PROGRAM = path.join(ROOT, 'packages/cli/bin/plinth.js')
const scripts = blocksOf(PAGE).filter(({ language }) => language === 'sh')

let folder: string
let mailbox: RunningMailbox & AsyncDisposable
let service: TemplateService
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plinth-guide-'))
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
  const npx = `#!/bin/sh\nshift\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`
  await writeFile(path.join(folder, 'npx'), npx, { mode: 0o755 })
  mailbox = await openTestMailbox()
  service = await openTemplateService({
    settings: {
      'accounts.registration': 'open',
      'notify.smtp.host': '127.0.0.1',
      'notify.smtp.port': Number(new URL(mailbox.smtpUrl).port),
      'notify.smtp.tls': 'none',
    },
  })
})
after(async () => {
  await service?.[Symbol.asyncDispose]()
  await mailbox?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** What commands print, with what is due sent meanwhile as a worker does. */
async function shell(code: string, cwd: string): Promise<string> {
  const env = {
    ...process.env,
    NO_COLOR: '1',
    PATH: `${folder}${path.delimiter}${process.env['PATH']}`,
  }
  const run = promisify(execFile)('bash', ['-euo', 'pipefail', '-c', code], { cwd, env })
  let over = false
  const worker = async () => {
    while (!over) {
      await service.world.drainJobs()
      await new Promise((next) => setTimeout(next, 200))
    }
  }
  const working = worker()
  try {
    return (await run).stdout
  } finally {
    over = true
    await working
  }
}

test(`${PAGE}: what a route asks for is shown`, async () => {
  const said = await shell(scripts[0]?.code ?? '', path.join(ROOT, 'template'))
  assert.match(said, /^GET +\/api\/v1\/products +product:read$/m)
  assert.match(said, /product:read[\s\S]*template|src\/entities\/product/)
})

test(`${PAGE}: its examples, one after the other, at a service as it was made`, async () => {
  const code = scripts
    .slice(1)
    .map((script) => script.code)
    .join('\n')
    .replace('http://localhost:8000', service.url)
    .replace('http://localhost:8025', mailbox.url)
  const said = await shell(code, folder)
  assert.match(said, /a link to confirm it has been sent/)
  assert.match(said, /"email":"ana@example\.com"/)
  assert.match(said, /"sku":"LAMP-01"[\s\S]*"items":\[\{[^\]]*"sku":"LAMP-01"/)
  assert.match(said, /^403$/m)
  assert.equal(said.match(/"items":\[/g)?.length, 2, 'by key and by machine')
  assert.match(said, /"sku":"LAMP-02"/)
})

test(`${PAGE}: an identity of one’s own takes the place of ours`, async () => {
  const [block] = blocksOf(PAGE).filter(({ language }) => language === 'ts')
  const file = path.join(folder, 'behind.ts')
  await writeFile(file, block?.code ?? '')
  const { identityOf }: Example = await import(pathToFileURL(file).href)
  const ana = { person: newId<'person'>(), name: 'Ana', tenant: newId<'tenant'>() }
  const whoIs = async (token: string) => (token === 'ana' ? ana : undefined)
  await using world = await startWorld({
    features,
    migrations: path.join(ROOT, 'template/migrations'),
    authenticate: identityOf(whoIs),
  })
  const as = (token: string) => ({ authorization: `Bearer ${token}` })
  const { status, body } = await world.visitor().get('/api/v1/products', as('ana'))
  assert.deepEqual([status, body['items']], [200, []])
  const lamp = { sku: 'LAMP-01', name: 'Desk lamp', price: 4900 }
  assert.equal((await world.visitor().post('/api/v1/products', lamp, as('ana'))).status, 403)
  assert.equal((await world.visitor().get('/api/v1/products', as('eve'))).status, 401)
  assert.equal((await world.visitor().get('/auth/sign-in')).status, 404)
})
