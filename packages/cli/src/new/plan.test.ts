import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Plan, planService, type Surroundings, type Wishes } from './plan.ts'
import { madeText, nextSteps, planText } from './report.ts'

const target = { folder: '/srv/mono/apps/shop', name: 'shop', standsOn: '/srv/mono' }
const alone: Surroundings = { repository: undefined, workspace: undefined }
const wishes: Wishes = {
  tenancy: 'personal',
  without: [],
  packageManager: undefined,
  install: true,
  git: true,
}
const listed = (member: boolean): Surroundings => ({
  repository: '/srv/mono',
  workspace: { root: '/srv/mono', listedIn: 'pnpm-workspace.yaml', member, packageManager: 'pnpm' },
})

test('inside a repository there is no second one, and no workflow that nobody would run', async () => {
  const plan = await planService(target, listed(true), wishes)
  assert.deepEqual([plan.git, plan.install], [false, true])
  assert.deepEqual([plan.answers.packageManager, plan.answers.without], ['pnpm', ['github']])
  assert.deepEqual(
    [...plan.files.keys()].filter((path) => path.startsWith('.github')),
    [],
  )
})

test('a workspace that does not list the folder is named, with what to write there', async () => {
  const plan = await planService(target, listed(false), wishes)
  assert.equal(plan.install, false)
  assert.match(
    planText(plan),
    /^The workspace \/srv\/mono does not list it: add "apps\/shop" to pnpm-workspace\.yaml, then run `pnpm install`\.$/m,
  )
  const npm = { ...wishes, packageManager: 'npm' } as const
  assert.equal((await planService(target, listed(false), npm)).install, true)
})

test('the last lines are the way to a running service', async () => {
  const plan = await planService(target, alone, { ...wishes, packageManager: 'yarn' })
  const left = { installed: { code: 'left_to_you' }, inStep: true } as const
  const done = { installed: { code: 'installed' }, inStep: true } as const
  const way = ['cd mono/apps/shop', 'yarn install']
  assert.deepEqual(nextSteps({ plan, ...left }, '/srv'), [...way, 'yarn run dev'])
  assert.deepEqual(nextSteps({ plan, ...done }, '/srv/mono/apps/shop'), ['yarn run dev'])
  const out = { ...left, inStep: false }
  assert.deepEqual(nextSteps({ plan, ...out }, '/srv'), [
    ...way,
    'yarn plinth sync',
    'yarn run dev',
  ])
  const spaced: Plan = { ...plan, target: { ...target, folder: '/srv/my files/shop' } }
  assert.deepEqual(nextSteps({ plan: spaced, ...done }, '/srv')[0], "cd 'my files/shop'")
})

test('what was not done is said with what to do', async () => {
  const plan = await planService(target, alone, wishes)
  const note = 'Nothing is committed, for git does not know who you are.'
  const text = madeText(
    {
      plan,
      installed: { code: 'left_to_you' },
      inStep: true,
      commit: { code: 'no_identity', note },
    },
    '/srv',
  )
  assert.match(text, /^shop is made: \d+ files\.$/m)
  assert.ok(text.includes(note))
})
