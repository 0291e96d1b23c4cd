import type { LiveTable } from '../revision/catalogue.ts'
import { singularOf } from './singular.ts'

// ECMA-262, reserved words of a module; and what the printed declarations are written with.
const TAKEN = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval
  export extends false finally for function if implements import in instanceof interface let new null
  package private protected public return static super switch this throw true try typeof var void
  while with yield bigint decimal entity json ref sql timestamp z`.split(/\s+/),
)

/** Room for the ending of a plural: names of tables end at 40 letters. */
const LONGEST = 36

/** The name of the entity for each table, by `schema.name`; no two have the same. */
export function entityNames(tables: readonly LiveTable[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const { schema, name } of tables) {
    const plain = singularOf(name)
    const free = candidates(schema, plain).find((one) => !taken.has(constantOf(one))) ?? plain
    taken.add(constantOf(free))
    names.set(`${schema}.${name}`, free)
  }
  return names
}

/** The name itself, then with the schema, then with a number behind it. */
function candidates(schema: string, plain: string): readonly string[] {
  const numbered = Array.from({ length: 1000 }, (_, at) => `${shortened(plain)}_${at + 2}`)
  return [shortened(plain), shortened(`${schema}_${plain}`), ...numbered]
}

function shortened(name: string): string {
  return name.slice(0, LONGEST).replace(/_$/, '')
}

/** The constant of TypeScript that holds an entity. */
export function constantOf(name: string): string {
  const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return TAKEN.has(camel) ? `${camel}Entity` : camel
}
