import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCommand } from 'citty'
import { appSettings, platformNames, serviceRules } from 'plinth/config'
import { z } from 'zod'
import { createConfigCommand } from './config.command.ts'

const BIN = join(import.meta.dirname, '../../bin/plinth.js')
const CPU_MILLISECONDS = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write(String(process.cpuUsage().user / 1000)))",
)}`
const SECRETS = {
  SESSION_SIGNING_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
  CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
}
const DATABASE_URL = 'postgres://app:hunter2@db/app'
const schema = z.strictObject({
  app: appSettings,
  database: z.strictObject({ url: z.string().optional().describe('Where the data is.') }),
})

interface Run {
  readonly yaml?: string
  readonly env?: Readonly<Record<string, string>>
  /** What a running `plinth dev` sets in these variables. */
  readonly lend?: (env: Record<string, string>) => Promise<void>
}

async function plinthConfig(rawArgs: readonly string[], { yaml = '', env = {}, lend }: Run = {}) {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plinth-cli-config-'))
  await writeFile(join(folder.path, 'config.yaml'), `config:\n${yaml}`)
  const lines: string[] = []
  const all = { ...SECRETS, DATABASE_URL, ...env }
  let exitCode = 0
  const command = createConfigCommand({
    configuration: async () => ({ schema, names: platformNames, rules: serviceRules }),
    folder: () => folder.path,
    env: all,
    ...(lend && { lend: () => lend(all) }),
    print: (line) => lines.push(line),
    exitWith: (code) => {
      exitCode = code
    },
  })
  await runCommand(command, { rawArgs: [...rawArgs] })
  const output = lines.join('\n')
  for (const secret of [...Object.values(SECRETS), 'hunter2']) assert.ok(!output.includes(secret))
  return { lines, output, exitCode }
}

test('config check accepts, with exit code 0', async () => {
  const { lines, exitCode } = await plinthConfig(['check'])
  assert.deepEqual([lines, exitCode], [['The configuration is complete (development).'], 0])
})

test('FI-52 config check prints every refusal, with exit code 2', async () => {
  const yaml = '  app:\n    prot: 1\n    host: ${A\n'
  const { lines, exitCode } = await plinthConfig(['check'], { yaml, env: { BASE_URL: 'x' } })
  assert.equal(exitCode, 2)
  assert.equal(lines.length, 4)
  assert.equal(lines[1], 'config.yaml:3 app.prot: is not a setting → did you mean port?')
  assert.match(lines[3] ?? '', /^The service does not start .* 3 to mend\.$/)
})

test('config check prints notices and unsafe choices', async () => {
  const env = { STORAGE_BACKEND: 'x', SESSION_MAX_AGE: '100000' }
  const { lines } = await plinthConfig(['check'], { env })
  assert.equal(
    lines[0],
    'notice: environment: STORAGE_BACKEND is set, but this version does not store files',
  )
  assert.match(lines[1] ?? '', /^unsafe: app\.session_max_age: A stolen session cookie/)
})

test('config check --environment asks what production would say', async () => {
  const { output, exitCode } = await plinthConfig(['check', '--environment', 'production'])
  assert.equal(exitCode, 2)
  assert.match(output, /app\.base_url: is http in production/)
})

test('config check --json is for tools', async () => {
  const { output, exitCode } = await plinthConfig(['check', '--json'], { env: { APP_PORT: 'x' } })
  const report = JSON.parse(output)
  assert.equal(exitCode, 2)
  assert.deepEqual([report.ok, report.environment], [false, 'development'])
  assert.equal(report.faults[0].code, 'config.invalid')
  assert.equal(report.faults[0].key, 'app.port')
})

test('config explain shows one setting as a card', async () => {
  const { lines } = await plinthConfig(['explain', 'app.port'], { yaml: '  app: { port: 8123 }\n' })
  assert.deepEqual(lines, [
    'app.port',
    '  value     8123',
    '  source    config.yaml:2',
    '  takes     a whole number from 0 to 65535',
    '  default   8000',
    '  variables APP_PORT',
    '  meaning   TCP port; 0 takes any free one.',
  ])
})

test('config explain knows variables, and masks the password of a URL', async () => {
  const { lines } = await plinthConfig(['explain', 'DATABASE_URL'])
  assert.equal(lines[1], '  value     postgres://app:***@db/app')
  assert.equal(lines[2], '  source    DATABASE_URL from environment')
})

test('config explain without a key lists all, one a line', async () => {
  const { lines } = await plinthConfig(['explain'])
  assert.ok(
    lines.includes(
      'app.session_signing_secret = [secret]   (SESSION_SIGNING_SECRET from environment)',
    ),
  )
  assert.ok(lines.includes('app.port = 8000   (default)'))
})

test('config explain --json prints every fact', async () => {
  const { output } = await plinthConfig(['explain', 'app.host', '--json'])
  assert.deepEqual(JSON.parse(output)[0].value, 'localhost')
})

test('config explain tells the meaning although the configuration is refused', async () => {
  const { lines } = await plinthConfig(['explain', 'app.port'], { env: { APP_PORT: 'x' } })
  assert.deepEqual(lines.slice(1, 3), ['  value     not set', '  source    not loaded'])
  assert.match(lines.at(-1) ?? '', /^The values are not known.*plinth config check/)
})

test('config explain asks a running plinth dev for what it brings, and not for another environment', async () => {
  const lend = async (env: Record<string, string>) => void Object.assign(env, { APP_PORT: '8123' })
  const own = await plinthConfig(['explain', 'app.port'], { lend })
  const there = await plinthConfig(['explain', 'app.port', '--environment', 'test'], { lend })
  assert.deepEqual([own.lines[1], there.lines[1]], ['  value     8123', '  value     8000'])
})

test('config check counts in what a running plinth dev brings, and not for another environment', async () => {
  const yaml = '  app: { port: "${NEEDED:?run plinth dev}" }\n'
  const lend = async (env: Record<string, string>) => void Object.assign(env, { NEEDED: '8123' })
  assert.equal((await plinthConfig(['check'], { yaml, lend })).exitCode, 0)
  assert.equal((await plinthConfig(['check', '--environment', 'test'], { yaml, lend })).exitCode, 2)
})

test('FI-41 a reader that has seen enough is no failure', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plinth-cli-config-'))
  await writeFile(join(folder.path, 'config.yaml'), 'config: {}\n')
  await writeFile(join(folder.path, 'package.json'), '{}')
  const script = `"${process.execPath}" "${BIN}" config explain | head -1`
  const place = { cwd: folder.path, encoding: 'utf8' } as const
  const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', script], place)
  assert.deepEqual([status, stderr], [0, ''])
})

test('config explain refuses a key that is none and names the nearest', async () => {
  await assert.rejects(
    plinthConfig(['explain', 'app.prot']),
    /"app\.prot" is not a setting; did you mean app\.port\?/,
  )
})

test('FI-52 a process with a bad configuration ends with 2 within two seconds', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plinth-cli-config-'))
  await writeFile(join(folder.path, 'config.yaml'), 'config:\n  app: { port: eighty }\n')
  await writeFile(join(folder.path, 'package.json'), '{}')
  const cache = process.env['NODE_COMPILE_CACHE'] ?? join(folder.path, 'cache')
  const env = { ...SECRETS, DATABASE_URL, NODE_COMPILE_CACHE: cache }
  const args = ['--conditions=plinth-source', '--import', CPU_MILLISECONDS, BIN, 'config', 'check']
  const options = { cwd: folder.path, env, encoding: 'utf8' } as const
  const run = () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, options)
    assert.match(
      stdout,
      /^config\.yaml:2 app\.port: must be a whole number from 0 to 65535, not "eighty" → /,
    )
    assert.equal(status, 2)
    return Number(stderr)
  }
  // The first run may compile sources, which an installed package brings compiled. The best of a few,
  // in time of the processor, because other tests run beside this one; of a machine a third as fast.
  const took = [run()]
  while (Math.min(...took) >= 6_000 && took.length < 5) took.push(run())
  assert.ok(Math.min(...took) < 6_000, took.join())
})
