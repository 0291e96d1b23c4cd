import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeKey } from '../testing/api-keys.ts'
import type { Actor, Matrix } from './permission-matrix.fixture.ts'
import { answered, expected, openMatrix } from './permission-matrix.fixture.ts'

let matrix: Matrix
before(async () => {
  matrix = await openMatrix()
})
after(() => matrix[Symbol.asyncDispose]())

/** Every permission that a route asks for, each area of them, everything, and nothing. */
function everyScope(): readonly (readonly string[])[] {
  const asked = matrix.routes.flatMap(({ facts: { access } }) =>
    access.kind === 'can' && !access.permission.startsWith('platform:') ? [access.permission] : [],
  )
  const areas = asked.map((permission) => `${permission.split(':')[0]}:*`)
  return [[], ['*'], ...[...new Set([...asked, ...areas])].map((scope) => [scope])]
}

let owners = 0

/** Each of an owner of its own, so that none is limited for what the others asked. */
async function keyWith(scopes: readonly string[]): Promise<Actor> {
  owners += 1
  const owner = await matrix.world.signIn(`owner-${owners}`)
  const type = scopes.includes('*') ? 'admin' : 'user'
  const { key } = await makeKey(owner, { type, scopes })
  const call: Actor['call'] = async (method, path) => {
    const answer = await fetch(matrix.world.url + path, {
      method,
      headers: { 'x-api-key': key },
      redirect: 'manual',
    })
    const isJson = answer.headers.get('content-type')?.includes('json') === true
    const body = isJson ? ((await answer.json()) as Record<string, unknown>) : {}
    return { status: answer.status, headers: answer.headers, body }
  }
  const name = `a key for ${scopes.join() || 'nothing'}`
  return { name, credential: 'key', grants: scopes, platform: [], readOnly: false, call }
}

test('AK-09 every route answers a key of every scope as the scope says, and no other', async () => {
  const scopes = everyScope()
  assert.ok(scopes.length > 20)
  const wrong: string[] = []
  for (const scope of scopes) {
    const actor = await keyWith(scope)
    for (const route of matrix.routes) {
      // Which keys may do what with keys is said by their own rows: AK-13.
      if (route.url.startsWith('/api/v1/api-keys')) continue
      const [wanted, got] = [expected(route, actor), await answered(route, actor)]
      if (got !== wanted)
        wrong.push(`${route.method} ${route.url}: ${actor.name} is ${got}, not ${wanted}`)
    }
  }
  assert.deepEqual(wrong, [])
})
