import type { InsertQueryNode, OperationNode, UpdateQueryNode } from 'kysely'
import {
  AliasNode,
  ColumnNode,
  PrimitiveValueListNode,
  TableNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
} from 'kysely'
import type { Declaration } from '../declaration.ts'

/**
 * Writes the values of json columns as JSON text: the driver would send a JavaScript array as a
 * PostgreSQL one.
 */
export class JsonValues {
  readonly #columns: ReadonlyMap<string, ReadonlySet<string>>

  constructor(entities: readonly Declaration[]) {
    const entries = entities.map(({ name, columns }) => {
      const json = columns.filter(({ kind }) => kind.name === 'json')
      return [name, new Set(json.map((column) => column.name))] as const
    })
    this.#columns = new Map(entries)
  }

  insert(node: InsertQueryNode): InsertQueryNode {
    const json = this.#of(node.into)
    const { values } = node
    if (json.size === 0 || values === undefined || !ValuesNode.is(values)) return node
    const places = (node.columns ?? []).map((column) => json.has(column.column.name))
    const rows = values.values.map((row) => {
      const change = (value: unknown, at: number) => (places[at] ? jsonText(value) : value)
      if (PrimitiveValueListNode.is(row)) {
        return PrimitiveValueListNode.create(row.values.map(change))
      }
      return ValueListNode.create(
        row.values.map((value, at) => (places[at] ? jsonNode(value) : value)),
      )
    })
    return { ...node, values: ValuesNode.create(rows) }
  }

  update(node: UpdateQueryNode): UpdateQueryNode {
    const json = this.#of(node.table)
    if (json.size === 0) return node
    const updates = (node.updates ?? []).map((update) => {
      const { column } = update
      if (!ColumnNode.is(column) || !json.has(column.column.name)) return update
      return { ...update, value: jsonNode(update.value) }
    })
    return { ...node, updates }
  }

  #of(target: OperationNode | undefined): ReadonlySet<string> {
    const table = target !== undefined && AliasNode.is(target) ? target.node : target
    if (table === undefined || !TableNode.is(table)) return NONE
    return this.#columns.get(table.table.identifier.name) ?? NONE
  }
}

const NONE: ReadonlySet<string> = new Set()

function jsonNode(node: OperationNode): OperationNode {
  return ValueNode.is(node) ? ValueNode.create(jsonText(node.value)) : node
}

function jsonText(value: unknown): unknown {
  return value === null || value === undefined ? value : JSON.stringify(value)
}
