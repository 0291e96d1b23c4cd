import { capital } from '../naming/entity-name.ts'

/** The operations that can be written out: what `crud()` serves, by the names of its options. */
export const OPERATIONS = ['list', 'get', 'create', 'bulk', 'update', 'delete', 'restore'] as const
/** One of them. */
export type OperationName = (typeof OPERATIONS)[number]

/** What the text of an operation is made from. */
export interface OperationRequest {
  readonly operation: OperationName
  /** The constant of the entity: `purchaseOrder`. */
  readonly constant: string
  /** Where it is declared, from beside it: `./purchase-order.ts`. */
  readonly from: string
  /** In sentences: `purchase order`, `purchase orders`. */
  readonly singular: string
  readonly plural: string
  /** `/api/v1/purchase-orders`. */
  readonly path: string
  /** As declared: `purchase_order`. */
  readonly entity: string
  readonly owned: 'tenant' | 'person' | 'nobody'
  readonly softDelete: boolean
  /** Whether it refers to rows that belong to people. */
  readonly refersToPeoples: boolean
  /** Fields that a search looks into. */
  readonly search: readonly string[]
  /** Whether `crud()` was told who may call it: then the written route is told too. */
  readonly toldAccess: boolean
  /** Whether `crud()` was told what references can be expanded to. */
  readonly toldExpand: boolean
}

/** Where an operation is served below the path of its entity. */
export const PLACES: Readonly<Record<OperationName, readonly [method: string, below: string]>> = {
  list: ['GET', ''],
  get: ['GET', '/:id'],
  create: ['POST', ''],
  bulk: ['POST', '/bulk'],
  update: ['PUT', '/:id'],
  delete: ['DELETE', '/:id'],
  restore: ['POST', '/:id/restore'],
}

/** Which of an entity's permissions an operation asks for unless `crud()` is told otherwise. */
export const PERMISSIONS = {
  list: 'read',
  get: 'read',
  create: 'create',
  bulk: 'create',
  update: 'update',
  delete: 'delete',
  restore: 'delete',
} as const satisfies Record<OperationName, string>

/** The name of the function: `listPurchaseOrders`, `getPurchaseOrder`. */
export function functionOf(request: OperationRequest): string {
  const [verb = '', ...words] = wordsOf(request)
  return `${verb}${words.map(capital).join('')}`
}

/** The file beside the entity: `list-purchase-orders.ts`. */
export function fileOf(request: OperationRequest): string {
  return `${wordsOf(request).join('-')}.ts`
}

function wordsOf({ operation, singular, plural }: OperationRequest): readonly string[] {
  if (operation === 'bulk') return ['bulk', 'create', ...plural.split(' ')]
  return [operation, ...(operation === 'list' ? plural : singular).split(' ')]
}
