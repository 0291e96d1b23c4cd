import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Person, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

let world: World
let ana: Person
before(async () => {
  world = await startWorld({
    features: [],
    settings: { 'tenancy.mode': 'organisations', 'app.compat': ['s3'] },
  })
  ana = await world.signIn('ana')
})
after(() => world[Symbol.asyncDispose]())

interface Page {
  readonly items: readonly { readonly id?: string; readonly key?: string }[]
  readonly total: number | null
  readonly next_cursor: string | null
}

const page = async (path: string): Promise<Page> => (await ana.get<Page>(path)).body
const namesOn = ({ items }: Page) => items.map(({ id, key }) => id ?? key ?? '')

/** What all pages hold, one after the other; the offset is said each time. */
async function walk(path: string): Promise<readonly string[]> {
  const names: string[] = []
  let next: string | null = path
  while (next !== null) {
    const found: Page = await page(next)
    names.push(...namesOn(found))
    next = found.next_cursor === null ? null : `${path}&cursor=${found.next_cursor}`
  }
  return names
}

test('D3 an offset is passed over once, however many pages follow', async () => {
  const roles = namesOn(await page('/api/v1/roles'))
  assert.equal(roles.length, 4)
  assert.deepEqual(await walk('/api/v1/roles?limit=2&offset=1'), roles.slice(1))
  const known = await page('/permissions?limit=5&count=exact')
  const walked = await walk('/permissions?limit=30&offset=3')
  assert.deepEqual([walked[0], walked.length], [namesOn(known)[3], (known.total ?? 0) - 3])
})
