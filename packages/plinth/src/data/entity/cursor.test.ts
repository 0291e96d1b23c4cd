import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Id } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { someTenants } from '../items.fixture.ts'
import { readCursor, writeCursor } from './cursor.ts'

const db = await openTestDatabase()
after(() => db[Symbol.asyncDispose]())

test('TN-52 a seal that is remembered is its tenant’s and its list’s, also for rows that are alike', () => {
  const position = ['2026-01-02T03:04:05.678Z', '01a2085c-f791-74b2-87fb-22844c5b5074']
  const doors = someTenants(2).map((tenant: Id<'tenant'>) => db.database.forTenant(tenant))
  const lists = doors.flatMap((door) => ['lamp +id', 'lamp -id'].map((on) => [door, on] as const))
  // Twice: the second time each is remembered.
  const cursors = [0, 1].map(() => lists.map(([door, on]) => writeCursor(door, on, position)))
  assert.deepEqual(cursors[0], cursors[1])
  assert.equal(new Set(cursors[0]).size, lists.length)
  lists.forEach(([door, on], mine) => {
    cursors[0]?.forEach((cursor, at) => {
      if (at === mine) assert.deepEqual(readCursor(door, on, cursor), position)
      else assert.throws(() => readCursor(door, on, cursor), { code: 'entity.cursor_invalid' })
    })
  })
})
