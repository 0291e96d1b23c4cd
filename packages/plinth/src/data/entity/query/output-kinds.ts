import type { OperationNode, SelectionNode } from 'kysely'
import {
  AliasNode,
  ColumnNode,
  DeleteQueryNode,
  IdentifierNode,
  InsertQueryNode,
  ReferenceNode,
  SelectAllNode,
  SelectQueryNode,
  TableNode,
  UpdateQueryNode,
} from 'kysely'
import type { Declaration } from '../declaration.ts'
import type { Kind } from '../kind.ts'
import { BASE_COLUMNS } from '../list/base-columns.ts'

/** The kind of each named column of a result, as far as it is a plain column of an entity. */
export type Kinds = ReadonlyMap<string, Kind>

/** Relations by the name that a query knows them by. */
type Scope = ReadonlyMap<string, Kinds>

type Query = SelectQueryNode | InsertQueryNode | UpdateQueryNode | DeleteQueryNode

/** Which columns of a query's result are columns of entities, through subqueries and WITH too. */
export function outputKinds(node: OperationNode, entities: readonly Declaration[]): Kinds {
  return kindsOf(node, new Map(entities.map((entity) => [entity.name, columnsOf(entity)])))
}

function columnsOf({ columns }: Declaration): Kinds {
  return new Map([...BASE_COLUMNS, ...columns].map(({ name, kind }) => [name, kind]))
}

function kindsOf(node: OperationNode, known: Scope): Kinds {
  if (!isQuery(node)) return new Map()
  const tables = new Map(known)
  for (const { name, expression } of node.with?.expressions ?? []) {
    tables.set(name.table.table.identifier.name, kindsOf(expression, tables))
  }
  const scope = new Map(relationsOf(node).flatMap((relation) => relationKinds(relation, tables)))
  const chosen = SelectQueryNode.is(node) ? node.selections : node.returning?.selections
  return new Map((chosen ?? []).flatMap(({ selection }) => selected(selection, scope)))
}

function isQuery(node: OperationNode): node is Query {
  return [SelectQueryNode, InsertQueryNode, UpdateQueryNode, DeleteQueryNode].some((query) =>
    query.is(node),
  )
}

function relationsOf(node: Query): readonly OperationNode[] {
  if (InsertQueryNode.is(node)) return node.into === undefined ? [] : [node.into]
  const joined = node.joins?.map(({ table }) => table) ?? []
  const from = node.from?.froms ?? []
  if (UpdateQueryNode.is(node)) return [...(node.table ? [node.table] : []), ...from, ...joined]
  return DeleteQueryNode.is(node)
    ? [...from, ...(node.using?.tables ?? []), ...joined]
    : [...from, ...joined]
}

function relationKinds(relation: OperationNode, tables: Scope): [string, Kinds][] {
  if (TableNode.is(relation)) {
    const name = relation.table.identifier.name
    return [[name, tables.get(name) ?? new Map()]]
  }
  if (!AliasNode.is(relation) || !IdentifierNode.is(relation.alias)) return []
  const inner = relation.node
  const kinds = TableNode.is(inner)
    ? tables.get(inner.table.identifier.name)
    : kindsOf(inner, tables)
  return [[relation.alias.name, kinds ?? new Map()]]
}

function selected(selection: SelectionNode['selection'], scope: Scope): [string, Kind][] {
  if (SelectAllNode.is(selection)) return [...scope.values()].flatMap((kinds) => [...kinds])
  if (AliasNode.is(selection)) {
    const { alias, node } = selection
    const kind = columnKind(node, scope)
    return kind !== undefined && IdentifierNode.is(alias) ? [[alias.name, kind]] : []
  }
  if (ReferenceNode.is(selection) && SelectAllNode.is(selection.column)) {
    return [...(scope.get(selection.table?.table.identifier.name ?? '') ?? [])]
  }
  const kind = columnKind(selection, scope)
  const column = ReferenceNode.is(selection) ? selection.column : selection
  return kind !== undefined && ColumnNode.is(column) ? [[column.column.name, kind]] : []
}

function columnKind(node: OperationNode, scope: Scope): Kind | undefined {
  if (ColumnNode.is(node)) return searchAll(node.column.name, scope)
  if (!ReferenceNode.is(node) || !ColumnNode.is(node.column)) return undefined
  const name = node.column.column.name
  const table = node.table?.table.identifier.name
  return table === undefined ? searchAll(name, scope) : scope.get(table)?.get(name)
}

function searchAll(name: string, scope: Scope): Kind | undefined {
  return [...scope.values()].find((kinds) => kinds.has(name))?.get(name)
}
