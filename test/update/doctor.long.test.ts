import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { migrate } from 'plinth/data'
import { openTestDatabase } from 'plinth/testing'
import { headService } from './head-service.ts'
import { PROGRAM, type Service } from './service.ts'

let service: Service
let database: Awaited<ReturnType<typeof openTestDatabase>>
before(async () => {
  ;[service, database] = await Promise.all([headService(), openTestDatabase()])
  await migrateTo()
})
after(async () => {
  await database?.[Symbol.asyncDispose]()
  await service?.[Symbol.asyncDispose]()
})

afterEach(() => service.git('reset', '--quiet', '--hard'))

/** Brings the service's own tables to a number; the newest by default. */
async function migrateTo(to?: number): Promise<void> {
  const log = { info() {}, warn() {}, error() {} }
  const where = { url: database.ownerUrl, set: { folder: file('migrations') }, log }
  await migrate(to === undefined ? where : { ...where, to })
}

const SECRETS = {
  SESSION_SIGNING_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
  CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
}

interface Finding {
  readonly code: string
  readonly severity: string
  readonly says: string
  readonly fix: string
}

async function doctor(env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const urls = { DATABASE_URL: database.appUrl, DATABASE_OWNER_URL: database.ownerUrl }
  const line = [PROGRAM, 'doctor', '--json', ...args]
  const { code, out, err } = await service.run(process.execPath, line, {
    ...SECRETS,
    ...urls,
    // Whatever else runs on this machine has the usual one.
    APP_PORT: '0',
    ...env,
  })
  assert.notEqual(out, '', err)
  const { findings, failed } = JSON.parse(out)
  assert.deepEqual(failed, [])
  const list: readonly Finding[] = findings
  for (const { says, fix } of list) assert.ok(says.endsWith('.') && fix.length > 5, says)
  return { code, findings: list, codes: list.map((finding) => finding.code) }
}

const file = (name: string) => path.join(service.folder, name)

test('a service as it was made has nothing to mend', async () => {
  const { code, findings } = await doctor({})
  assert.deepEqual([code, findings], [0, []])
})

test('outside a service nothing can be looked at: exit code 2', async () => {
  const elsewhere = await mkdtemp(path.join(tmpdir(), 'plinth-elsewhere-'))
  const { code, err } = await service.run('sh', [
    '-c',
    `cd "${elsewhere}" && "${process.execPath}" "${PROGRAM}" doctor`,
  ])
  await rm(elsewhere, { recursive: true })
  assert.equal(code, 2)
  assert.match(err, /^There is no service here/)
})

test('the database: nobody there, a superuser, the owner, and migrations that nobody applied', async () => {
  const nobody = await doctor({ DATABASE_URL: 'postgresql://app@127.0.0.1:9/none' })
  assert.deepEqual([nobody.code, nobody.codes], [1, ['database.unreachable']])
  const strong = await doctor({ DATABASE_URL: database.adminUrl })
  assert.ok(strong.codes.includes('database.role'), strong.codes.join())
  assert.match(JSON.stringify(strong.findings), /plinth db setup/)
  await migrateTo(0)
  const owner = await doctor({ DATABASE_URL: database.ownerUrl })
  await migrateTo()
  assert.deepEqual(owner.codes, ['database.owner', 'database.pending'])
  assert.ok(!JSON.stringify([strong, owner]).includes(new URL(database.ownerUrl).password))
})

test('settings: a weak secret, two equal ones, and one that nobody knows, in one look', async () => {
  const config = await readFile(file('config.yaml'), 'utf8')
  await writeFile(file('config.yaml'), config.replace('  app:\n', '  app:\n    prot: 9000\n'))
  const weak = 'changeme-changeme-changeme-changeme'
  const { codes, findings } = await doctor({ SESSION_SIGNING_SECRET: weak })
  for (const code of ['config.unknown_key', 'secret.invalid'])
    assert.ok(codes.includes(code), codes.join())
  assert.ok(!JSON.stringify(findings).includes(weak))
  await writeFile(file('config.yaml'), config)
  const equal = await doctor({ CSRF_SIGNING_SECRET: SECRETS.SESSION_SIGNING_SECRET })
  assert.match(JSON.stringify(equal.findings), /is the same as app\.session_signing_secret/)
  assert.ok(!JSON.stringify(equal).includes(SECRETS.SESSION_SIGNING_SECRET))
})

test('a file of secrets in git, which others can read, and a port that somebody else has', async () => {
  await writeFile(file('.env'), '# nothing\n')
  await chmod(file('.env'), 0o644)
  await service.git('add', '--force', '.env')
  await using other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { code, findings } = await doctor({ APP_PORT: String(port) })
  const found = findings.map((one) => `${one.code} ${one.severity}`)
  assert.deepEqual(
    [code, found],
    [1, ['secret.readable warning', 'secret.committed error', 'port.taken warning']],
  )
})

test('files: a stale registry, an entity without migration, a lost base', async () => {
  const product = await readFile(file('src/entities/product/product.ts'), 'utf8')
  await writeFile(
    file('src/entities/product/product.ts'),
    product.replace('    stock:', "    colour: z.string().max(40).default('plain'),\n    stock:"),
  )
  await rm(file('.plinth/base/README.md'))
  const found = await doctor({})
  for (const code of ['generated.stale', 'entities.no_migration', 'template.no_base'])
    assert.ok(found.codes.includes(code), `${code}: ${found.codes}`)
  await service.git('checkout', '--quiet', '.')
})

test('--production: what production would refuse, and choices that weaken a protection', async () => {
  const good = {
    BASE_URL: 'https://shelf.example',
    METRICS_TOKEN: 'Jq8Vw3Xy6Zb1Nc5Md9Lf2Kg7Hh4Tt0Rr',
    OIDC_KEYCLOAK_ISSUER: 'https://id.shelf.example/realms/main',
    DATABASE_OWNER_URL: undefined,
  }
  const missing = await doctor({ ...good, BASE_URL: 'http://shelf.example' }, '--production')
  assert.match(JSON.stringify(missing.findings), /app\.base_url/)
  const config = await readFile(file('config.yaml'), 'utf8')
  await writeFile(file('config.yaml'), `${config}\n  http:\n    docs: 'on'\n`)
  const unsafe = await doctor(good, '--production')
  assert.equal(unsafe.code, 1)
  assert.ok(unsafe.codes.includes('unsafe.http.docs'), unsafe.codes.join())
})
