import { fits } from './layout.ts'
import { importsText, signedIn, worldText } from './test-frame.ts'
import type { TestRequest } from './test-text.ts'

/**
 * The text of the test of an entity whose rows are nobody's: over HTTP they are only read, by every
 * tenant alike.
 */
export function sharedTestText({
  declaration,
  feature,
  path,
  rows,
  entity,
}: SharedTestRequest): string {
  const names = entity.from === feature.from ? [entity.name, feature.name].sort() : [feature.name]
  const own = [
    ...(entity.from === feature.from ? [] : [`import { ${entity.name} } from '${entity.from}'\n`]),
    `import { ${names.join(', ')} } from '${feature.from}'\n`,
  ]
  return `${importsText({ ...rows, needsIds: true }, own.join(''))}
const PATH = '${path}'
const ALL = ['${declaration.name}:read']

${rows.code}
${worldText([...rows.features, feature.name])}
/** Nobody writes these rows over HTTP: code does, in whichever tenant it stands. */
${writeText(entity.name, rows.call('ana', 'n'))}

test('every tenant reads the same', async () => {
${signedIn('ana', 'acme')}${signedIn('eve', 'other')}  const { id } = await write(1)
  const seen = await ana.get(\`\${PATH}/\${id}\`)
  assert.equal(seen.status, 200)
  assert.deepEqual((await eve.get(\`\${PATH}/\${id}\`)).body, seen.body)
})

test('a list has pages', async () => {
${signedIn('ana', 'acme')}  for (const n of [2, 3, 4]) await write(n)
  const first = await ana.get(\`\${PATH}?limit=2\`)
  assert.equal(first.body['count'], 2)
  const second = await ana.get(\`\${PATH}?limit=1&cursor=\${first.body['next_cursor']}\`)
  assert.equal(second.body['count'], 1)
})

test('nobody writes over HTTP, and reading asks for its permission', async () => {
  const ana = await world.signIn('ana')
  assert.equal((await ana.post(PATH, {})).status, 405)
  const bob = await world.signIn('bob', { tenant: 'acme', can: [] })
  assert.equal((await bob.get(PATH)).status, 403)
})
`
}

/** What that test is written from. */
export interface SharedTestRequest extends TestRequest {
  /** The entity's constant, and where it is imported from. */
  readonly entity: { readonly name: string; readonly from: string }
}

function writeText(entity: string, sample: string): string {
  const head = 'const write = async (n: number) =>'
  const body = `${entity}.insert(world.database.forTenant(newId()), ${sample})`
  const line = `${head} ${body}`
  return fits(line, 0) ? line : `${head}\n  ${body}`
}
