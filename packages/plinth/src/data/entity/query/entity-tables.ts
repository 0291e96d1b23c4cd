import type {
  FromNode,
  InsertQueryNode,
  JoinNode,
  KyselyPlugin,
  OperationNode,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryId,
  QueryResult,
  RootOperationNode,
  UnknownRow,
  UpdateQueryNode,
  UsingNode,
} from 'kysely'
import { AliasNode, IdentifierNode, OperationNodeTransformer, TableNode } from 'kysely'
import type { Declaration } from '../declaration.ts'
import { JsonValues } from './json-values.ts'
import type { Kinds } from './output-kinds.ts'
import { outputKinds } from './output-kinds.ts'
import { OwnColumns } from './own-columns.ts'

/** Puts each entity's table in the place of its name, and reads the answers by their kinds. */
export class EntityTables implements KyselyPlugin {
  readonly #entities: readonly Declaration[]
  readonly #tables: TableNames
  readonly #outputs = new WeakMap<QueryId, Kinds>()

  constructor(entities: readonly Declaration[]) {
    this.#entities = entities
    this.#tables = new TableNames(entities)
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    this.#outputs.set(queryId, outputKinds(node, this.#entities))
    const named = new OwnColumns(this.#entities).ofStatement(node, queryId)
    return this.#tables.transformNode(named, queryId)
  }

  async transformResult(args: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    const { result, queryId } = args
    const readers = [...(this.#outputs.get(queryId) ?? [])].filter(([, kind]) => kind.read)
    if (readers.length === 0) return result
    const rows = result.rows.map((row) => {
      const read = readers.map(([name, kind]) => {
        const value = row[name]
        return [name, value === null || value === undefined ? value : kind.read?.(value)]
      })
      return { ...row, ...Object.fromEntries(read) }
    })
    return { ...result, rows }
  }
}

/**
 * `selectFrom('product')` becomes `from "app"."products" as "product"`: columns keep the entity's
 * name before them. A name that is no entity's (a WITH query) stays as it is.
 */
class TableNames extends OperationNodeTransformer {
  readonly #tables: ReadonlyMap<string, Declaration>
  readonly #json: JsonValues

  constructor(entities: readonly Declaration[]) {
    super()
    this.#tables = new Map(entities.map((entity) => [entity.name, entity]))
    this.#json = new JsonValues(entities)
  }

  protected override transformFrom(node: FromNode, id?: QueryId): FromNode {
    return super.transformFrom({ ...node, froms: node.froms.map((from) => this.#named(from)) }, id)
  }

  protected override transformUsing(node: UsingNode, id?: QueryId): UsingNode {
    const tables = node.tables.map((table) => this.#named(table))
    return super.transformUsing({ ...node, tables }, id)
  }

  protected override transformJoin(node: JoinNode, id?: QueryId): JoinNode {
    return super.transformJoin({ ...node, table: this.#named(node.table) }, id)
  }

  protected override transformUpdateQuery(node: UpdateQueryNode, id?: QueryId): UpdateQueryNode {
    const written = this.#json.update(node)
    if (written.table === undefined) return super.transformUpdateQuery(written, id)
    return super.transformUpdateQuery({ ...written, table: this.#named(written.table) }, id)
  }

  protected override transformInsertQuery(node: InsertQueryNode, id?: QueryId): InsertQueryNode {
    const inner = super.transformInsertQuery(this.#json.insert(node), id)
    const into = node.into === undefined ? undefined : this.#tableOf(node.into)
    return into === undefined ? inner : { ...inner, into }
  }

  #named(node: OperationNode): OperationNode {
    if (AliasNode.is(node) && TableNode.is(node.node)) {
      return AliasNode.create(this.#tableOf(node.node) ?? node.node, node.alias)
    }
    if (!TableNode.is(node)) return node
    const table = this.#tableOf(node)
    if (table === undefined) return node
    return AliasNode.create(table, IdentifierNode.create(node.table.identifier.name))
  }

  #tableOf({ table }: TableNode): TableNode | undefined {
    if (table.schema !== undefined) return undefined
    const entity = this.#tables.get(table.identifier.name)
    return entity && TableNode.createWithSchema(entity.schema, entity.table)
  }
}
