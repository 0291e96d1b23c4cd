import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { shellEnvironment } from '../../packages/cli/src/shell-environment.ts'
import { keptTarballs } from '../../scripts/pack/kept-tarballs.ts'
import { packPackages } from '../../scripts/pack/stage.ts'
import { startRegistry } from './local-registry.ts'
import { emptyFolder, succeeds } from './new-service.ts'

test('npm create plinth@latest: from a registry, the same service', async () => {
  await using place = await emptyFolder()
  const inPlace = async (name: string) => {
    const folder = path.join(place.folder, name)
    await mkdir(folder)
    return folder
  }
  await using registry = await startRegistry(await inPlace('registry'))
  const packing = await inPlace('packing')
  const tarballs = await keptTarballs(() => packPackages(packing))
  for (const name of ['plinth', '@plinth/cli', 'create-plinth'])
    await registry.publish(tarballs.get(name) ?? '')

  const home = await inPlace('projects')
  const { PATH } = shellEnvironment()
  // A cache of its own: npm would answer from an earlier run's `create-plinth` of the same version.
  const cache = path.join(place.folder, 'cache')
  const env = { PATH, npm_config_registry: registry.url, npm_config_cache: cache }
  const args = ['create', '--yes', 'plinth@latest', 'my-service', '--', '--yes']
  const said = await succeeds({ program: 'npm', args, cwd: home, env })
  assert.match(said, /^my-service is made: \d+ files, in a first commit\.$/m)
  assert.match(said, /^ {2}cd my-service\n {2}npm run dev$/m)

  const service = path.join(home, 'my-service')
  const { dependencies } = JSON.parse(await readFile(path.join(service, 'package.json'), 'utf8'))
  assert.match(dependencies.plinth, /^\d+\.\d+\.\d+$/)
  const workflow = await readFile(path.join(service, '.github/workflows/plinth-update.yml'), 'utf8')
  assert.match(workflow, /@plinth\/cli@latest update --check/)
  for (const command of [
    ['run', 'types'],
    ['run', 'sync', '--', '--check'],
  ])
    await succeeds({ program: 'npm', args: command, cwd: service })
})
