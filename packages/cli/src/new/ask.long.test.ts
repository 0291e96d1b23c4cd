import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { onTerminal } from '../on-terminal.fixture.ts'

const [ENTER, DOWN, BACK, STOP] = ['\r', '\u001b[B', '\u007f', '\u0003']
const NEW = ['new', '--no-install', '--no-git']

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-asked-'))
})
after(() => rm(folder, { recursive: true, force: true }))

test('plinth new asks on a terminal: the name, whose the data is, and what it comes with', async () => {
  const { seen, shown } = await onTerminal(folder, NEW, [
    [/What is the service called\?/, `Asked${ENTER}`],
    [/does not fit/, `${BACK.repeat(5)}asked${ENTER}`],
    [/Whose is the data\?[\s\S]*organisations/, `${DOWN}${ENTER}`],
    [/What shall it come with\?[\s\S]*The example entity/, ` ${ENTER}`],
  ])
  assert.equal(seen.length, 4, shown)
  assert.match(shown, /asked is made: \d+ files/)
  const manifest = JSON.parse(await readFile(join(folder, 'asked/.plinth/manifest.json'), 'utf8'))
  assert.deepEqual(
    [manifest.answers.name, manifest.answers.tenancy, manifest.answers.without],
    ['asked', 'organisations', ['product']],
  )
})

test('plinth new: Ctrl-C at a question makes nothing, and says so', async () => {
  const before = await readdir(folder)
  const { shown, code } = await onTerminal(
    folder,
    [...NEW, 'stopped'],
    [[/Whose is the data\?/, STOP]],
  )
  assert.match(shown, /Stopped; nothing was made\./)
  assert.equal(code, 1)
  assert.deepEqual(await readdir(folder), before)
})
