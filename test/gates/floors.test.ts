import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEVELOPMENT_ROOMS, FLOORS } from './floors.ts'
import { isTest, read, sources } from './source/files.ts'
import { importsOf, isRelative, resolveRelative } from './source/imports.ts'

const RUNTIME = 'packages/plinth/src/'

test('the floor gate sees an import upwards, past a face, of dev, and of an unknown room', () => {
  const faults = (file: string, code: string) => floorFaults(`${RUNTIME}${file}`, code).length
  assert.equal(faults('data/pool.ts', "import { a } from '../http/index.ts'"), 1)
  assert.equal(faults('audit/record.ts', "import type { a } from '../jobs/index.ts'"), 1)
  assert.equal(faults('http/guard.ts', "import { a } from '../kernel/clock.ts'"), 1)
  assert.equal(faults('compose/index.ts', "const a = () => import('../dev/index.ts')"), 1)
  assert.equal(faults('helpers/index.ts', "import { a } from '../kernel/index.ts'"), 1)
  assert.equal(faults('http/guard.ts', "import { a } from 'plinth/access'"), 1)
  assert.equal(faults('http/guard.test.ts', "import { a } from '../testing/index.ts'"), 0)
  assert.equal(faults('http/guard.ts', "import { a } from '../access/index.ts'"), 0)
  assert.equal(faults('identity/people/a.ts', "import { a } from '../sessions/b.ts'"), 0)
})

test('every room imports only lower floors, and only through their index.ts', () => {
  const faults = sources()
    .filter((file) => file.startsWith(RUNTIME))
    .flatMap((file) => floorFaults(file, read(file)))
  assert.deepEqual(faults, [])
})

function floorFaults(file: string, text: string): string[] {
  const room = roomOf(file)
  if (room !== undefined && FLOORS[room] === undefined) return [`${file}: ${room} is no room`]
  return importsOf(text).flatMap((specifier) => {
    const fault = faultOf({ file, room, specifier })
    return fault === undefined ? [] : [`${file}: imports ${specifier}: ${fault}`]
  })
}

interface Crossing {
  readonly file: string
  readonly room: string | undefined
  readonly specifier: string
}

function faultOf({ file, room, specifier }: Crossing): string | undefined {
  if (/^plinth($|\/)/.test(specifier)) return 'inside the package, rooms meet by relative paths'
  if (!isRelative(specifier)) return undefined
  const target = resolveRelative(file, specifier)
  if (!target.startsWith(RUNTIME))
    return target.endsWith('package.json') ? undefined : 'it leaves the package'
  const other = roomOf(target)
  if (other === room || other === undefined) return undefined
  if (isTest(file) && DEVELOPMENT_ROOMS.includes(other)) return undefined
  if (target !== `${RUNTIME}${other}/index.ts`) return `the only way into ${other} is its index.ts`
  return directionFault(room, other)
}

function directionFault(room: string | undefined, other: string): string | undefined {
  if (DEVELOPMENT_ROOMS.includes(other) && room !== 'testing')
    return `${other} never runs in production`
  const [from, to] = [room === undefined ? 9 : (FLOORS[room] ?? 0), FLOORS[other] ?? 99]
  return to < from || room === undefined ? undefined : `floor ${to} is not below floor ${from}`
}

/** The room that a file stands in; undefined for the package's own entry files. */
const roomOf = (file: string): string | undefined =>
  /^packages\/plinth\/src\/([^/]+)\//.exec(file)?.[1]
