import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Repository } from './repository.ts'
import { dropOurs } from './working-tree.ts'

/** Git in a service with a changed lockfile and somebody's own stash. */
function openGit({ keeps }: { readonly keeps: boolean }) {
  const asked: string[] = []
  let stash = 'somebodys'
  const run = async (...args: readonly string[]): Promise<string> => {
    asked.push(args.slice(0, 2).join(' '))
    if (args[0] === 'status') return ' M package-lock.json\0'
    if (args[1] === 'push' && keeps) stash = 'ours'
    return ''
  }
  const ask = async () => ({ ok: true, out: stash, err: '' })
  const git: Repository = { folder: '/service', run, ask }
  return { git, asked }
}

test('what a failed step left goes with a stash of its own', async () => {
  const { git, asked } = openGit({ keeps: true })
  await dropOurs(git)
  assert.deepEqual(asked.slice(-2), ['stash push', 'stash drop'])
})

test('where git finds nothing to put aside, the stash that is there is not dropped', async () => {
  const { git, asked } = openGit({ keeps: false })
  await dropOurs(git)
  assert.equal(asked.at(-1), 'stash push')
})
