import assert from 'node:assert/strict'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { shellEnvironment } from '../../packages/cli/src/shell-environment.ts'
import { ROOT, read, repositoryFiles } from '../gates/source/files.ts'
import { startDev } from './start-dev.ts'

test('npm start: as README says, on a copy of this checkout', async () => {
  await using copy = await copyOfCheckout()
  await using dev = await startDev({
    program: 'npm',
    args: ['start', '--'],
    cwd: copy.folder,
    env: shellEnvironment(),
  })
  const printed = rowsOf(dev.printed())
  assert.deepEqual(Object.keys(printed), Object.keys(rowsOf(read('README.md'))))
  for (const row of ['Service', 'API documents', 'Mailbox']) {
    assert.equal((await fetch(printed[row] ?? '')).status, 200, row)
  }
  const issuer = new URL(printed['Identity provider'] ?? '')
  assert.equal(issuer.pathname, '/realms/test-realm')
  // D17: 8080, or the next that is free.
  assert.ok(Number(issuer.port) >= 8080 && Number(issuer.port) < 8130, issuer.port)
  const discovery = `${issuer.href}/.well-known/openid-configuration`
  assert.equal((await fetch(discovery)).status, 200)
  assert.match(printed['Sign in as'] ?? '', /^testuser1 \/ password123 +testuser2 \/ password123$/)
  const login = await fetch(`${dev.url}/auth/web/login`, { redirect: 'manual' })
  assert.equal(login.status, 302)
  assert.ok(login.headers.get('location')?.startsWith(new URL(discovery).origin))

  await dev.stop()
  await assert.rejects(fetch(dev.url))
  await assert.rejects(fetch(discovery))
})

/** The table under "Ready.", by its first column. */
function rowsOf(text: string): Record<string, string> {
  const [, table = ''] = /Ready\.\S*\n((?: {2}\S.*\n)+)/.exec(text) ?? []
  const rows = [...table.matchAll(/^ {2}(\S.*?) {2,}(\S.*)$/gm)]
  return Object.fromEntries(
    rows
      .map(([, name = '', value = '']) => [name, value] as const)
      .filter(([name]) => !/Ctrl-C/.test(name)),
  )
}

/** What a clone would hold, with this checkout's dependencies. */
async function copyOfCheckout() {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-start-'))
  for (const file of repositoryFiles()) await cp(path.join(ROOT, file), path.join(folder, file))
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
