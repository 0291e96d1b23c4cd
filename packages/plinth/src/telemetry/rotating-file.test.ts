import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RotatingFile } from './rotating-file.ts'

const home = mkdtempSync(join(tmpdir(), 'plinth-log-'))
after(() => rmSync(home, { recursive: true, force: true }))

const open = (path: string) => new RotatingFile({ path, maxBytes: 20, backups: 1 })

test('FI-52 a log file where no folder can be made is an error, and never the end of a start', () => {
  for (const path of ['/proc/plinth/logs/service.log', join(home, 'a\0b', 'service.log')]) {
    assert.throws(() => open(path), Error, path)
  }
})

test('FI-52 a pipe that nobody reads is an error, and not waited for', () => {
  const pipe = join(home, 'pipe')
  execFileSync('mkfifo', [pipe])
  assert.throws(() => open(pipe), /ENXIO/)
})

test('folders that are missing are made; a full file is set aside, a device never', async () => {
  const path = join(home, 'deep', 'deeper', 'service.log')
  const file = open(path)
  for (const line of ['the first line here\n', 'the second\n']) {
    file.write(line)
    assert.ok(await file.flush(10_000))
  }
  file.end()
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'the first line here\n')
  assert.equal(readFileSync(path, 'utf8'), 'the second\n')
  const nowhere = open('/dev/null')
  for (const line of ['a line that is long\n', 'and another one\n']) nowhere.write(line)
  assert.ok(await nowhere.flush(10_000))
  nowhere.end()
  assert.ok(!existsSync('/dev/null.1'))
})
