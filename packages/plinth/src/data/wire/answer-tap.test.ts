import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { Connection, types } from 'pg'
import { giveAnswers, TAPPED, tapAnswers } from './answer-tap.ts'
import { RowShape } from './row-shape.ts'
import { partsOf } from './wire-connection.ts'

const ROWS = [
  ['42', 'plain', '2026-11-22 12:00:00.123+00'],
  [null, 'Grüße, 世界 🌍', ''],
  ['', null, 'x'.repeat(3_000)],
  [`${'é'.repeat(700)}`, '\u0000\u007f', null],
]

test('the fields of a row are read as pg reads them: ASCII and not, empty, missing, long', () => {
  for (const row of ROWS) {
    const message = Buffer.concat([Buffer.from('before'), dataRow(row), Buffer.from('after')])
    const from = 'before'.length + 5
    assert.deepEqual(textsOf(message, from, message.length - 'after'.length), row)
  }
})

test('answers cut anywhere arrive whole and in order, with their taker or with pg', () => {
  const answer = [
    message('2', Buffer.alloc(0)),
    ...ROWS.map(dataRow),
    message('C', Buffer.from('SELECT 4\0')),
    message('N', Buffer.from('Mdone\0\0')),
    dataRow(['last']),
    message('Z', Buffer.from('I')),
  ]
  const whole = Buffer.concat(answer)
  const expected = [
    ...ROWS.map((row) => `row ${JSON.stringify(row)}`),
    'end SELECT 4',
    'notice done',
    'row ["last"]',
    'ready I',
  ]
  const rest = ['notice done', 'ready I']
  assert.deepEqual(heard([whole], { taken: true }), expected)
  assert.deepEqual(heard([whole], { taken: true, ofPg: true }), rest)
  assert.deepEqual(heard([whole], { taken: false }), expected)
  for (const size of [1, 2, 3, 4, 5, 6, 7, 11, 64, 1_000, 1_460, 4_096]) {
    assert.deepEqual(heard(piecesOf(whole, size), { taken: true }), expected, `${size} bytes each`)
  }
  for (let at = 1; at < 200; at += 1) {
    const halves = [whole.subarray(0, at), whole.subarray(at)]
    assert.deepEqual(heard(halves, { taken: true }), expected, `cut at ${at}`)
  }
})

/** What is heard of an answer that comes in pieces, whoever hears it, or by pg alone. */
function heard(
  pieces: readonly Buffer[],
  { taken, ofPg = false }: { taken: boolean; ofPg?: boolean },
): readonly string[] {
  const seen: string[] = []
  const connection = new Connection()
  tapAnswers(connection)
  connection.on('dataRow', ({ fields }) => seen.push(`row ${JSON.stringify(fields)}`))
  connection.on('commandComplete', ({ text }) => seen.push(`end ${text}`))
  connection.on('notice', (notice) => seen.push(`notice ${notice.message}`))
  connection.on('readyForQuery', ({ status }) => seen.push(`ready ${status}`))
  const take = (kind: number, bytes: Buffer, from: number, to: number) => {
    if (ofPg) return
    if (kind === TAPPED.dataRow) seen.push(`row ${JSON.stringify(textsOf(bytes, from, to))}`)
    if (kind === TAPPED.commandComplete) seen.push(`end ${bytes.toString('utf8', from, to - 1)}`)
  }
  if (taken) giveAnswers(connection, { take })
  const stream = new EventEmitter()
  partsOf(connection).attachListeners(stream)
  for (const piece of pieces) stream.emit('data', piece)
  return seen
}

/** The columns of a row of texts. */
function textsOf(bytes: Buffer, from: number, to: number): readonly unknown[] {
  const names = Array.from({ length: bytes.readInt16BE(from) }, (_, at) => `text_${at}`)
  const shape = new RowShape(names.map((name) => ({ name, dataTypeID: types.builtins.TEXT })))
  return Object.values(shape.readBytes(bytes, from, to))
}

function piecesOf(whole: Buffer, size: number): readonly Buffer[] {
  const count = Math.ceil(whole.length / size)
  return Array.from({ length: count }, (_, at) => whole.subarray(at * size, (at + 1) * size))
}

function message(kind: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(kind)
  head.writeUInt32BE(content.length + 4, 1)
  return Buffer.concat([head, content])
}

function dataRow(row: readonly (string | null)[]): Buffer {
  const count = Buffer.alloc(2)
  count.writeInt16BE(row.length)
  return message('D', Buffer.concat([count, ...row.map(field)]))
}

function field(value: string | null): Buffer {
  const text = Buffer.from(value ?? '')
  const length = Buffer.alloc(4)
  length.writeInt32BE(value === null ? -1 : text.length)
  return Buffer.concat([length, text])
}
