import type { OperationNode } from 'kysely'
import {
  AliasNode,
  DeleteQueryNode,
  IdentifierNode,
  InsertQueryNode,
  SelectQueryNode,
  TableNode,
  UpdateQueryNode,
} from 'kysely'
import type { Declaration } from '../declaration.ts'

/** A table, WITH query or subquery by the name that a statement gives it. */
export interface Relation {
  readonly name: string
  /** Undefined for anything but the table of an entity. */
  readonly entity: Declaration | undefined
}

/** The relations that a statement, or a list of its tables, reads and writes by itself. */
export function relationsIn(
  node: OperationNode | readonly OperationNode[],
  entities: readonly Declaration[],
): readonly Relation[] {
  const tables = 'kind' in node ? tablesOf(node) : node
  return tables.flatMap((table) => relationOf(table, entities))
}

function tablesOf(node: OperationNode): readonly OperationNode[] {
  if (InsertQueryNode.is(node)) return node.into === undefined ? [] : [node.into]
  if (SelectQueryNode.is(node)) return [...(node.from?.froms ?? []), ...joined(node)]
  if (DeleteQueryNode.is(node)) {
    return [...node.from.froms, ...(node.using?.tables ?? []), ...joined(node)]
  }
  if (!UpdateQueryNode.is(node)) return []
  const table = node.table === undefined ? [] : [node.table]
  return [...table, ...(node.from?.froms ?? []), ...joined(node)]
}

function joined({ joins = [] }: Pick<SelectQueryNode, 'joins'>): readonly OperationNode[] {
  return joins.map(({ table }) => table)
}

function relationOf(node: OperationNode, entities: readonly Declaration[]): readonly Relation[] {
  if (TableNode.is(node)) {
    const { name } = node.table.identifier
    return [{ name, entity: entityOf(node, entities) }]
  }
  if (!AliasNode.is(node) || !IdentifierNode.is(node.alias)) return []
  const entity = TableNode.is(node.node) ? entityOf(node.node, entities) : undefined
  return [{ name: node.alias.name, entity }]
}

function entityOf({ table }: TableNode, entities: readonly Declaration[]): Declaration | undefined {
  if (table.schema !== undefined) return undefined
  return entities.find(({ name }) => name === table.identifier.name)
}
