import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { shellEnvironment } from '../../packages/cli/src/shell-environment.ts'
import { keptTarballs } from '../../scripts/pack/kept-tarballs.ts'
import { packPackages } from '../../scripts/pack/stage.ts'
import { type LocalRegistry, startRegistry } from './local-registry.ts'
import { emptyFolder, ended, succeeds } from './new-service.ts'
import { nextVersion } from './next-version.ts'

let place: Awaited<ReturnType<typeof emptyFolder>>
let registry: LocalRegistry
let tarballs: ReadonlyMap<string, string>
let projects: string
/** npm asks this registry, and keeps a cache of its own: it would answer from an earlier run's packages. */
let env: NodeJS.ProcessEnv

before(async () => {
  place = await emptyFolder()
  registry = await startRegistry(await inPlace('registry'))
  const packing = await inPlace('packing')
  tarballs = await keptTarballs(() => packPackages(packing))
  await publish(tarballs)
  projects = await inPlace('projects')
  const cache = path.join(place.folder, 'cache')
  env = { npm_config_registry: registry.url, npm_config_cache: cache }
})
after(async () => {
  await registry?.[Symbol.asyncDispose]()
  await place?.[Symbol.asyncDispose]()
})

async function inPlace(name: string): Promise<string> {
  const folder = path.join(place.folder, name)
  await mkdir(folder)
  return folder
}

async function publish(packages: ReadonlyMap<string, string>): Promise<void> {
  for (const name of ['plinth', '@plinth/cli', 'create-plinth'])
    await registry.publish(packages.get(name) ?? '')
}

const service = () => path.join(projects, 'my-service')
const textOf = (file: string) => readFile(path.join(service(), file), 'utf8')
const inService = (program: string, ...args: string[]) =>
  succeeds({ program, args, cwd: service(), env })

test('npm create plinth@latest: from a registry, the same service', async () => {
  const args = ['create', '--yes', 'plinth@latest', 'my-service', '--', '--yes']
  // On the machine's own Node, which may be older than the one that the service asks for.
  const { PATH } = shellEnvironment()
  const said = await succeeds({ program: 'npm', args, cwd: projects, env: { ...env, PATH } })
  assert.match(said, /^my-service is made: \d+ files, in a first commit\.$/m)
  assert.match(said, /^ {2}cd my-service\n {2}npm run dev$/m)
  const { dependencies } = JSON.parse(await textOf('package.json'))
  assert.match(dependencies.plinth, /^\d+\.\d+\.\d+$/)
  const workflow = await textOf('.github/workflows/plinth-update.yml')
  assert.match(workflow, /@plinth\/cli@latest update --check/)
  await inService('npm', 'run', 'types')
  await inService('npm', 'run', 'sync', '--', '--check')
})

test('npx @plinth/cli@latest update: a later version comes from the registry, and what is the owner’s stays', async () => {
  const main = `// Started by systemd.\n${await textOf('src/main.ts')}`
  await writeFile(path.join(service(), 'src/main.ts'), main)
  await inService('git', 'commit', '--quiet', '--all', '--message=Ours')
  const update = (...args: string[]) =>
    ended({
      program: 'npx',
      args: ['--yes', '@plinth/cli@latest', 'update', ...args],
      cwd: service(),
      env,
    })
  const still = await update('--check')
  assert.equal(still.code, 0, still.stdout + still.stderr)

  // On another day: npm believes for minutes what it last heard of a package.
  env = { ...env, npm_config_cache: path.join(place.folder, 'later-cache') }
  await publish(await nextVersion(await inPlace('next'), tarballs, '9.9.9'))
  const behind = await update('--check')
  assert.equal(behind.code, 2, behind.stdout + behind.stderr)
  assert.match(behind.stdout, /^This service is behind: Plinth \S+ to 9\.9\.9\.$/m)
  const done = await update()
  assert.equal(done.code, 0, done.stdout + done.stderr)
  assert.equal((await inService('git', 'branch', '--show-current')).trim(), 'plinth-update-9.9.9')
  assert.equal(await inService('git', 'status', '--porcelain'), '')

  assert.doesNotMatch(done.stdout, /Install the packages/)
  const installed = JSON.parse(await textOf('node_modules/plinth/package.json'))
  assert.equal(installed.version, '9.9.9')
  assert.match(await textOf('AGENTS.md'), /^\* This line came with a later version\.$/m)
  assert.equal(await textOf('src/main.ts'), main)
  await inService('npm', 'run', 'types')
  assert.match(await inService('npm', 'test'), /^\S+ fail 0$/m)
  assert.equal((await update('--check')).code, 0)
})
