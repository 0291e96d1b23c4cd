import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { openTemplateService } from '../../test/browser/template-service.ts'
import { accountWithFactor, accountWithPassword } from './account.fixture.ts'
import { findPython } from './python.fixture.ts'

const TESTS = path.join(import.meta.dirname, 'tests')
const SOURCE = ['test_auth_client.py', 'test_token_client.py']
  .map((name) => readFileSync(path.join(TESTS, name), 'utf8'))
  .join('\n')

/** The tests of the Python client: each one's title is its docstring. */
const titles = [...SOURCE.matchAll(/def test_\w+\(self\):\n\s+"""(.+)"""/g)].map(
  ([, title = '']) => title,
)

interface Reported {
  readonly title: string
  readonly fault: string | null
}

const found = await findPython()
const missing = 'missing' in found && found.missing
const reported = new Map<string, Reported>()

before(async () => {
  if ('missing' in found) return
  await using service = await openTemplateService()
  const { username, password } = await accountWithPassword(service.world.database.platform)
  const second = await accountWithFactor(service.world.database.platform, password)
  const env = {
    ...process.env,
    PLINTH_URL: service.url,
    PLINTH_USERNAME: username,
    PLINTH_PASSWORD: password,
    PLINTH_SECOND_USERNAME: second.username,
    PLINTH_CODES: second.codes.join(' '),
    PYTHONPATH: path.join(TESTS, '../src'),
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const args = [path.join(TESTS, 'report.py'), TESTS]
  const { stdout } = await promisify(execFile)(found.python, args, { env })
  for (const line of stdout.trim().split('\n')) {
    const one: Reported = JSON.parse(line)
    reported.set(one.title, one)
  }
})

for (const title of titles) {
  test(title, { skip: missing }, () => {
    const one = reported.get(title)
    assert.ok(one, 'the test did not run')
    assert.equal(one.fault, null)
  })
}

test('every Python test has a title of its own, and ran', { skip: missing }, () => {
  assert.equal(new Set(titles).size, SOURCE.split('    def test_').length - 1)
  assert.deepEqual([...reported.keys()].sort(), [...titles].sort())
})

after(() => reported.clear())
