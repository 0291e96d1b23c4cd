import type {
  InsertQueryNode,
  OperationNode,
  QueryId,
  ReferenceNode as Reference,
  ReturningNode,
  SelectQueryNode as Select,
  SelectionNode as Selection,
} from 'kysely'
import {
  AliasNode,
  ColumnNode,
  IdentifierNode,
  OperationNodeTransformer,
  ReferenceNode,
  SelectAllNode,
  SelectionNode,
  TableNode,
} from 'kysely'
import type { Declaration } from '../declaration.ts'
import { BASE_COLUMNS } from '../list/base-columns.ts'
import type { Relation } from './relations.ts'
import { relationsIn } from './relations.ts'

/**
 * Says `*` as the columns that an entity declares, so that neither the tenant nor the words of a
 * search are ever read, and `id` as what the table calls it.
 */
export class OwnColumns extends OperationNodeTransformer {
  readonly #entities: readonly Declaration[]
  /** The relations of each query around the node in hand, the innermost last. */
  readonly #scopes: (readonly Relation[])[] = []

  constructor(entities: readonly Declaration[]) {
    super()
    this.#entities = entities
  }

  /** The statement, with the columns of the entities that it touches under their own names. */
  ofStatement<N extends OperationNode>(node: N, id: QueryId): N {
    this.#scopes.push(relationsIn(node, this.#entities))
    return this.transformNode(node, id)
  }

  protected override transformSelectQuery(node: Select, id?: QueryId): Select {
    const own = relationsIn(node, this.#entities)
    this.#scopes.push(own)
    const chosen = node.selections?.flatMap((selection) => this.#chosen(selection, own))
    const inner = super.transformSelectQuery(
      chosen === undefined ? node : { ...node, selections: chosen },
      id,
    )
    this.#scopes.pop()
    return inner
  }

  protected override transformReturning(node: ReturningNode, id?: QueryId): ReturningNode {
    const own = this.#scopes.at(-1) ?? []
    const chosen = node.selections.flatMap((one) => this.#chosen(one, own))
    return super.transformReturning({ ...node, selections: chosen }, id)
  }

  protected override transformInsertQuery(node: InsertQueryNode, id?: QueryId): InsertQueryNode {
    const { columns } = node
    const inner = super.transformInsertQuery(node, id)
    return columns === undefined
      ? inner
      : { ...inner, columns: columns.map((one) => this.#key(one)) }
  }

  protected override transformReference(node: Reference, id?: QueryId): Reference {
    const inner = super.transformReference(node, id)
    if (!ColumnNode.is(inner.column)) return inner
    return { ...inner, column: this.#key(inner.column, inner.table?.table.identifier.name) }
  }

  /** What one selection stands for. */
  #chosen({ selection }: Selection, own: readonly Relation[]): readonly Selection[] {
    if (SelectAllNode.is(selection)) return own.flatMap((one) => all(one, own.length > 1))
    if (!ReferenceNode.is(selection)) return [SelectionNode.create(selection)]
    const name = selection.table?.table.identifier.name
    if (SelectAllNode.is(selection.column)) {
      const named = own.find((one) => one.name === name)
      return named === undefined ? [SelectionNode.create(selection)] : all(named, true)
    }
    const renamed = this.#key(selection.column, name) !== selection.column
    return [renamed ? asId(selection) : SelectionNode.create(selection)]
  }

  /** The column under its table's name. Without a table's name before it, there must be one table. */
  #key(column: ColumnNode, relation?: string): ColumnNode {
    if (column.column.name !== 'id') return column
    const near = this.#scopes.at(-1) ?? []
    const named = this.#scopes
      .toReversed()
      .flat()
      .find(({ name }) => name === relation)
    const meant = relation === undefined && near.length === 1 ? near[0] : named
    const key = meant?.entity?.key ?? 'id'
    return key === 'id' ? column : ColumnNode.create(key)
  }
}

function all({ name, entity }: Relation, qualified: boolean): readonly Selection[] {
  const table = TableNode.create(name)
  if (entity === undefined) {
    return [
      qualified ? SelectionNode.createSelectAllFromTable(table) : SelectionNode.createSelectAll(),
    ]
  }
  return [...BASE_COLUMNS, ...entity.columns].map((column) => {
    const reference = ReferenceNode.create(
      ColumnNode.create(column.name),
      qualified ? table : undefined,
    )
    const renamed = column.name === 'id' && entity.key !== 'id'
    return renamed ? asId(reference) : SelectionNode.create(reference)
  })
}

function asId(reference: Reference): Selection {
  return SelectionNode.create(AliasNode.create(reference, IdentifierNode.create('id')))
}
