import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { scratchService } from './entity/scratch-service.fixture.ts'
import { onTerminal } from './on-terminal.fixture.ts'
import { checkArguments, resolveCommand } from './resolve-command.ts'
import { rootCommand } from './root.command.ts'

const PROGRAM = fileURLToPath(new URL('../bin/plinth.js', import.meta.url))

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function plinth(
  args: readonly string[],
  { cwd, colours = false }: { cwd?: string; colours?: boolean } = {},
): Promise<Outcome> {
  const env = { ...process.env, NO_COLOR: colours ? '' : '1' }
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

test('help is one screen, and needs no service', async () => {
  for (const args of [['--help'], ['help'], ['-h']]) {
    const { code, stdout } = await plinth(args, { cwd: '/' })
    assert.equal(code, 0)
    assert.match(stdout, /^ {2}dev start-env · start-server/m)
    assert.ok(stdout.split('\n').length <= 24, 'more than one screen')
    assert.ok(stdout.split('\n').every((line) => line.length <= 80))
  }
})

test('help of a command names its options', async () => {
  const { code, stdout } = await plinth(['dev', 'start-server', '--help'])
  assert.equal(code, 0)
  for (const option of ['--host', '--port', '--no-reload', '--log-level'])
    assert.ok(stdout.includes(option), option)
  const env = await plinth(['dev', 'start-env', '--help'])
  for (const option of ['--force', '--no-wait']) assert.ok(env.stdout.includes(option), option)
})

test('a mistyped command or option names the nearest', async () => {
  const cases: readonly [string[], RegExp][] = [
    [['devv'], /^`plinth` has no command "devv"; did you mean `plinth dev`\?$/],
    [
      ['dev', 'statsu'],
      /^`plinth dev` has no command "statsu"; did you mean `plinth dev status`\?$/,
    ],
    [['dev', 'xylophone'], /has no command "xylophone"; see `plinth dev --help`\.$/],
    [['version', '--jsn'], /^`plinth version` has no option --jsn; did you mean --json\?$/],
    [['--versoin'], /^`plinth` has no option --versoin; did you mean --version\?$/],
    [['-x'], /^`plinth` has no option -x; see `plinth --help`\.$/],
    [['db', '--bogus'], /^`plinth db` has no option --bogus; see `plinth db --help`\.$/],
    [['--json', 'routes'], /^Options come after the command: `plinth routes … --json`\.$/],
    [['version', '--json=maybe'], /^--json takes no value: write --json, or leave it out\.$/],
    [['dev', '--port'], /^--port needs a value; see `plinth dev --help`\.$/],
    [['dev', 'status', 'now'], /^`plinth dev status` does not take "now"; see /],
    [['why'], /^`plinth why` needs <method>; see `plinth why --help`\.$/],
    [['keys', 'create'], /^`plinth keys create` needs --tenant; see /],
  ]
  for (const [argv, message] of cases) {
    const refused = resolveCommand(rootCommand, argv).then(checkArguments)
    await assert.rejects(refused, { name: 'CliError', exitCode: 2, message })
  }
})

test('issue 4 §8: --json is JSON on standard output also where the command fails', async () => {
  for (const [argv, code, message] of [
    [['entity', 'lst', '--json'], 2, /^`plinth entity` has no command "lst"; did you mean/],
    [['db', '--json'], 2, /^`plinth db` needs a command\.$/],
    [['--json'], 2, /^`plinth` needs a command\.$/],
    [['init-db', '--json=true'], 2, /^There is no service here: /],
    [['init-db', '--json'], 2, /^There is no service here: /],
  ] as const) {
    const outcome = await plinth(argv, { cwd: '/' })
    assert.equal(outcome.code, code)
    const { error } = JSON.parse(outcome.stdout)
    assert.match(error.message, message)
    assert.equal(error.exit_code, code)
    assert.ok(outcome.stderr.endsWith(`${error.message}\n`))
  }
})

const SLOW = 'await new Promise((done) => setTimeout(done, 1_500))\n'

test('issue 4 §8: whatever command takes more than a second says on a terminal that it works', async () => {
  const service = scratchService()
  const file = join(service.folder, 'src/entities/product/product.ts')
  await writeFile(file, `${SLOW}${await readFile(file, 'utf8')}`)
  const { shown, code } = await onTerminal(service.folder, ['routes'], [])
  service.remove()
  assert.equal(code, 0, shown)
  assert.match(shown, /plinth routes …[\s\S]*plinth routes: \d+\.\d s/)
  assert.match(shown, /^GET +\/api\/v1\/products /m)
})

test('issue 4 §8: what is not a terminal gets no colours', async () => {
  const { stdout } = await plinth(['entity', 'add', '--help'], { colours: true })
  assert.match(stdout, /^Write an entity/)
  assert.ok(!stdout.includes('\u001b'))
})

test('outside a service the sentence says where to go', async () => {
  const { code, stderr } = await plinth(['dev', 'status'], { cwd: '/' })
  assert.equal(code, 2)
  assert.match(stderr, /^There is no service here: .* change into your service first\.\n$/)
})

test('version prints what runs, also as JSON', async () => {
  const { stdout } = await plinth(['version', '--json'])
  const versions: unknown = JSON.parse(stdout)
  assert.deepEqual(Object.keys(Object(versions)), ['cli', 'plinth', 'node'])
  assert.match((await plinth(['--version'])).stdout, /^cli +\d/)
})
