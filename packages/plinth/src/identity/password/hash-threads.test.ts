import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { test } from 'node:test'
import { passwordSettings } from './password.settings.ts'
import { createPasswords } from './passwords.ts'

const skip = process.platform === 'linux' ? false : 'a thread has no priority of its own here'

test('FI-39 threads that hash stand behind the ones that answer requests', { skip }, async () => {
  const settings = passwordSettings.parse({ argon2_memory_kib: 7_168, argon2_passes: 1 })
  const mine = getPriority()
  await createPasswords(settings).hash('a lamp that nobody guesses')
  const behind = Math.min(mine + 5, constants.priority.PRIORITY_LOW)
  const threads = readdirSync('/proc/self/task').map(Number)
  const called = (thread: number) => readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim()
  const hashing = threads.filter((thread) => called(thread) === 'libuv-worker')
  assert.ok(hashing.length > 0)
  assert.deepEqual(
    hashing.map((thread) => getPriority(thread)),
    hashing.map(() => behind),
  )
  assert.equal(getPriority(), mine)
})
