import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ROOT, read, repositoryFiles } from './gates/source/files.ts'

const README = read('README.md')
const TEMPLATE = path.join(ROOT, 'template')
const PLINTH = path.join(ROOT, 'packages/cli/bin/plinth.js')

/** What the command prints in the template; its exit code may tell that something is down. */
async function plinth(...args: string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, [PLINTH, ...args], { cwd: TEMPLATE })
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  return stdout
}

/** What each command of README must show; `npm start` and `npm test` have tests of their own. */
const SHOWS: Readonly<Record<string, RegExp>> = {
  'npx plinth routes': /^GET +\/api\/v1\/products\/:id +product:read$/m,
  'npx plinth config explain': /app\.base_url/,
  'npx plinth dev status': /postgres/i,
  'npx plinth version': /Plinth|plinth/,
  'npx plinth --help': /^ +dev +all of it/m,
}
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm start': 'npm start: as README says, on a copy of this checkout',
  'npm test': 'the runner',
  'npm run new -- ../my-service': 'README: a service is made',
  'cd ../my-service': 'README: a service is made',
  'npm run dev': 'plinth new: npm run dev brings it up, and people can sign in',
  "npx plinth entity add Category 'name:string!'":
    'entities of every kind are written, and their tests pass as written',
  "npx plinth entity add Item title:string 'category_id:ref(category)'":
    'entities of every kind are written, and their tests pass as written',
  'npx plinth entity field rename Item title name':
    'a field comes, is called otherwise and goes; one line changes each time',
  'npx plinth db downgrade -1':
    'a name that went and one that came are asked about; up, down and up again',
  'npx plinth db upgrade':
    'a name that went and one that came are asked about; up, down and up again',
  'npx plinth check': 'the template is green in every part',
  'npx plinth sync --accept-breaking':
    'a change that callers would notice is taken by plinth sync --accept-breaking',
  'npm run packed -- ../tarballs': 'README: a service is made',
  'npx plinth update --from ../tarballs':
    'packages that are handed over as tarballs take the place of older ones in vendor/',
}

test('README: every command has a proof', () => {
  const known = [...Object.keys(SHOWS), ...Object.keys(ELSEWHERE)]
  assert.deepEqual(
    commandsIn(README).filter((command) => !known.includes(command)),
    [],
  )
  assert.deepEqual(commandsIn('```sh\nnpm start # x\n\nnpx a b\n```'), ['npm start', 'npx a b'])
})

for (const [command, shows] of Object.entries(SHOWS)) {
  test(`README: ${command}`, async () => {
    assert.match(await plinth(...command.split(' ').slice(2)), shows)
  })
}

test('README: the files it draws and links are there', () => {
  const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map((link) => link[1] ?? '')
  const drawn = [
    'config.yaml',
    'migrations',
    'src/main.ts',
    'src/worker.ts',
    'src/generated/registry.ts',
  ]
  const folders = ['src/entities/product', 'src/pages', 'src/generated']
  const wanted = [...links, ...[...drawn, ...folders].map((file) => `template/${file}`)]
  const files = repositoryFiles()
  assert.deepEqual(
    wanted.filter((name) => !files.some((file) => file === name || file.startsWith(`${name}/`))),
    [],
  )
})

function commandsIn(text: string): string[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
    .flatMap((block) => (block[1] ?? '').split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '')
}
