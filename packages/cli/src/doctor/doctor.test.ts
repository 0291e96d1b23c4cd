import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodeOf } from './doctor.command.ts'
import { badVersions } from './known-bad-versions.ts'
import { nodeFindings } from './node-version.ts'
import { packageFindings } from './packages.ts'

const codes = (findings: readonly { readonly code: string; readonly severity: string }[]) =>
  findings.map(({ code, severity }) => `${code} ${severity}`)

test('another Node than the service states: older is an error, newer a warning', () => {
  assert.deepEqual(codes(nodeFindings('24', '22.1.0')), ['node.version error'])
  assert.deepEqual(codes(nodeFindings('24', '26.0.0')), ['node.version warning'])
  for (const wanted of ['24', 'v24.1.0', '', 'lts/*'])
    assert.deepEqual(nodeFindings(wanted, '24.21.0'), [])
})

test('packages: missing, other than stated, and of two versions', () => {
  const stated = {
    plinth: '0.2.0',
    '@plinth/cli': 'file:vendor/plinth-cli-0.2.0.tgz',
    zod: '4.0.0',
  }
  const of = (plinth: string, cli: string) =>
    codes(
      packageFindings(
        stated,
        new Map([
          ['plinth', plinth],
          ['@plinth/cli', cli],
        ]),
      ),
    )
  assert.deepEqual(of('0.2.0', '0.2.0'), [])
  assert.deepEqual(of('0.1.0', '0.2.0'), ['packages.other error', 'packages.apart error'])
  assert.deepEqual(codes(packageFindings(stated, new Map())), ['packages.missing error'])
  assert.deepEqual(packageFindings({ plinth: '^0.1.0' }, new Map([['plinth', '0.1.4']])), [])
})

test('versions that are known to be bad are named, good ones are not', () => {
  const bad = badVersions({
    dependencies: { 'pg-boss': '^12.38.0' },
    devDependencies: { maildev: '3.0.0', 'ts-node': '10.9.2' },
  })
  assert.deepEqual(codes(bad), Array(3).fill('version.known_bad error'))
  assert.ok(bad.every(({ says, fix }) => says.endsWith('.') && fix.endsWith('.')))
  assert.deepEqual(badVersions({ dependencies: { 'pg-boss': '12.35.0', maildev: '2.2.1' } }), [])
})

test('exit codes: nothing found, findings, and what could not be looked at', () => {
  const none = { examined: [], findings: [], skipped: [], failed: [] }
  const finding = { code: 'a', severity: 'warning', says: 'A.', fix: 'B.' } as const
  const unseen = [{ name: 'a', because: 'b' }]
  assert.equal(exitCodeOf({ ...none, skipped: unseen }), 0)
  assert.equal(exitCodeOf({ ...none, findings: [finding], failed: unseen }), 1)
  assert.equal(exitCodeOf({ ...none, failed: unseen }), 2)
})
