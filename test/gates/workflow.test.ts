import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { read, repositoryFiles } from './source/files.ts'

test('the workflow gate sees a moving action and rights that were given away', () => {
  const steps = '    steps:\n      - uses: actions/checkout@v4\n'
  assert.equal(faultsOf('a.yml', `jobs:\n  ci:\n${steps}`).length, 2)
  const pinned = `permissions: {}\njobs:\n  ci:\n    steps:\n      - uses: a/b@${'0'.repeat(40)}\n`
  assert.deepEqual(faultsOf('a.yml', pinned), [])
})

test('workflows start without rights, and use only actions pinned by commit', () => {
  const workflows = repositoryFiles().filter((file) => /(^|\/)\.github\/workflows\//.test(file))
  assert.notEqual(workflows.length, 0)
  assert.deepEqual(
    workflows.flatMap((file) => faultsOf(file, read(file))),
    [],
  )
})

function faultsOf(file: string, text: string): string[] {
  const workflow: { permissions?: object } = parse(text)
  const closed =
    workflow.permissions !== undefined && Object.keys(workflow.permissions).length === 0
  const moving = [...text.matchAll(/\buses:\s*(\S+)/g)].filter(
    (use) => !/@[0-9a-f]{40}$/.test(use[1] ?? ''),
  )
  return [
    ...(closed ? [] : [`${file}: begin with permissions: {}`]),
    ...moving.map((use) => `${file}: pin ${use[1]} by commit`),
  ]
}
