import assert from 'node:assert/strict'
import path from 'node:path'
import { before, test } from 'node:test'
import { parse } from 'yaml'
import { updateService } from '../../packages/cli/src/update/update-service.ts'
import { grownFiles, growthsOf, ownFiles, thirdOf } from './grown.ts'
import { startService } from './running-service.ts'
import { makeService, type Service, snapshot } from './service.ts'
import { readStates, type State } from './state.ts'

// Services as they are after a year of somebody's work, updated to head: nothing of theirs is changed,
// and what comes out has right types, passes its tests and starts.

let states: readonly State[]
before(async () => {
  states = thirdOf(await readStates())
})

const NODE_OPTIONS = '--conditions=plinth-source'

test('grown and rearranged services are updated to head: types, tests and boot', async (context) => {
  assert.ok(states.length >= 2)
  for (const state of states)
    for (const growth of growthsOf(state))
      await context.test(
        `${state.name}, ${growth.name} by ${growth.edits.length} edits`,
        async () => {
          await using service = await makeService(
            grownFiles(state, growth, await snapshot(state.folder)),
          )
          await update(service, state)
          await checkTypes(service)
          await runTests(service)
          await boot(service)
        },
      )
})

async function update(service: Service, state: State): Promise<void> {
  const before = await snapshot(service.folder)
  const release = async () => state.release
  const report = await updateService({ folder: service.folder, release, install: false })
  assert.equal(report.code, 'updated', JSON.stringify(report, null, 2))
  const after = await snapshot(service.folder)
  assert.deepEqual(ownFiles(after), ownFiles(before))
  assert.equal(await service.git('status', '--porcelain'), '')
  assert.ok(report.commits.includes('chore: generated files'), report.next.join('\n'))
  for (const file of ['package.json', 'config.yaml']) parse(after.get(file) ?? '')
}

async function checkTypes(service: Service): Promise<void> {
  const tsc = path.join(service.folder, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', '.', '--noEmit', '--customConditions', 'plinth-source']
  const { code, out } = await service.run(process.execPath, args)
  assert.equal(code, 0, out)
}

async function runTests(service: Service): Promise<void> {
  const args = ['--test', '--test-reporter=tap', 'src/**/*.test.ts', 'tests/**/*.test.ts']
  const { code, out } = await service.run(process.execPath, args, {
    NODE_OPTIONS,
    NODE_TEST_CONTEXT: undefined,
  })
  assert.equal(code, 0, out)
  assert.match(out, /^# pass [1-9]/m)
  assert.match(out, /^# skipped 0$/m)
}

async function boot(service: Service): Promise<void> {
  await using running = await startService(service)
  assert.equal((await fetch(`${running.url}/api/v1/products`)).status, 401)
}
