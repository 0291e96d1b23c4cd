import type { AnyEntity } from 'plinth/data'
import { codeOf, createTableSql, statementsOf } from 'plinth/data'

/** An entity as a migration sees it. */
export type Declared = Pick<AnyEntity, 'declaration'>

/**
 * What CREATE TABLE and the statements after it say of one entity, taken apart by name: a migration
 * that adds a part says it in the same words.
 */
export interface DeclaredSql {
  /** Column → its definition: `varchar(200) not null`. */
  readonly columns: ReadonlyMap<string, string>
  /** Constraint → its definition: `unique (tenant_id, sku)`. */
  readonly constraints: ReadonlyMap<string, string>
  /** Index, trigger, policy → its statement. */
  readonly statements: ReadonlyMap<string, string>
  /** Function → it and every statement after it, which are about it. */
  readonly functions: ReadonlyMap<string, readonly string[]>
  /** Row-level security and rights of the table itself. */
  readonly security: readonly string[]
}

/** Takes the SQL of an entity's table apart. */
export function declaredSql(entity: Declared, all: readonly Declared[]): DeclaredSql {
  const [create = '', ...others] = statementsOf(createTableSql(entity, all))
  const lines = itemsOf(create.slice(create.indexOf('(') + 1, create.lastIndexOf(')')))
  const constraints = lines.filter((line) => /^constraint\s/i.test(line))
  const columns = lines.filter((line) => !constraints.includes(line))
  const at = others.findIndex((statement) => FUNCTION.test(code(statement)))
  const [before, about] = at < 0 ? [others, []] : [others.slice(0, at), others.slice(at)]
  const made = before.filter((statement) => OBJECT.test(code(statement)))
  const nameIn = (pattern: RegExp, statement = '') => pattern.exec(code(statement))?.[1] ?? ''
  return {
    columns: new Map(columns.map(nameAndRest)),
    constraints: new Map(
      constraints.map((line) => nameAndRest(line.replace(/^constraint\s+/i, ''))),
    ),
    statements: new Map(made.map((statement) => [nameIn(OBJECT, statement), statement])),
    functions: new Map(at < 0 ? [] : [[nameIn(FUNCTION, about[0]), about]]),
    security: before.filter((statement) => !made.includes(statement)),
  }
}

const OBJECT = /^create\s+(?:unique\s+)?(?:index|trigger|policy)\s+(\w+)\s/i
const FUNCTION = /^create\s+(?:or\s+replace\s+)?function\s+(?:\w+\.)?(\w+)\s*\(/i

/** A statement without the comment above it. */
function code(statement: string): string {
  return statement.replace(/^(?:--.*\n)+/, '')
}

function nameAndRest(line: string): [name: string, definition: string] {
  const [, name = '', definition = ''] = /^"?(\w+)"?\s+([\s\S]*)$/.exec(line) ?? []
  return [name, definition]
}

/** What stands between the commas of a list, texts and inner lists kept whole. */
function itemsOf(list: string): string[] {
  const items: string[] = []
  let [open, depth] = ['', 0]
  for (const [part] of list.matchAll(/'(?:[^']|'')*'|[^'()[\],]+|[()[\],]/g)) {
    if (part === '(' || part === '[') depth += 1
    if (part === ')' || part === ']') depth -= 1
    if (part === ',' && depth === 0) {
      items.push(open)
      open = ''
    } else open += part
  }
  return [...items, open].map((item) => item.trim()).filter((item) => codeOf(item) !== '')
}
