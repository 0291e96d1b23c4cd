import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { SPELLINGS } from '../../packages/cli/src/template/spellings.ts'
import { emptyFolder, PLINTH, servicesShell, succeeds } from './new-service.ts'
import { fetchPackageManagers } from './package-managers.ts'

let place: Awaited<ReturnType<typeof emptyFolder>>
let env: NodeJS.ProcessEnv
before(async () => {
  place = await emptyFolder()
  const bin = await fetchPackageManagers(path.join(place.folder, 'managers'))
  // The shell of a CI: there they would refuse to write a lockfile that is not there yet.
  env = { PATH: [bin, servicesShell()['PATH']].join(path.delimiter), CI: 'true' }
})
after(() => place?.[Symbol.asyncDispose]())

for (const manager of ['yarn', 'bun'] as const) {
  test(`plinth new: ${manager} installs a service, checks its types, runs its tests and its command line`, async () => {
    const { run, exec, installLocked, lockfile } = SPELLINGS[manager]
    const made = ['new', manager, '--yes', '--package-manager', manager]
    const said = await succeeds({
      program: process.execPath,
      args: [PLINTH, ...made],
      cwd: place.folder,
      env,
    })
    assert.match(said, /is made: \d+ files, in a first commit\.\n/)
    assert.doesNotMatch(said, /its packages are not/)
    const cwd = path.join(place.folder, manager)
    const inside = (command: string) => {
      const [program = '', ...args] = command.split(' ')
      return succeeds({ program, args, cwd, env })
    }
    const tracked = (await inside('git ls-files')).split('\n')
    assert.ok(tracked.includes(lockfile), lockfile)
    await inside(installLocked)
    assert.equal(await inside('git status --porcelain'), '')
    await inside(`${run} types`)
    assert.match(await inside(`${exec} plinth sync --check`), /up to date/)
    assert.match(await inside(`${run} test --test-reporter=tap`), /^\S+ fail 0$/m)
  })
}
