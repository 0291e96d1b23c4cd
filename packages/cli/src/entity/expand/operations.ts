import { capital } from '../naming/entity-name.ts'

/** The operations that can be written out. */
export const OPERATIONS = ['list', 'get', 'create', 'update', 'delete'] as const
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
}

/** The name of the function: `listPurchaseOrders`, `getPurchaseOrder`. */
export function functionOf({ operation, singular, plural }: OperationRequest): string {
  const words = (operation === 'list' ? plural : singular).split(' ')
  return `${operation}${words.map(capital).join('')}`
}

/** The file beside the entity: `list-purchase-orders.ts`. */
export function fileOf({ operation, singular, plural }: OperationRequest): string {
  const words = operation === 'list' ? plural : singular
  return `${operation}-${words.replaceAll(' ', '-')}.ts`
}

/** The first line of the function: `export function getProduct(product: typeof Product) {`. */
export function headOf(request: OperationRequest): string {
  const { constant } = request
  return `export function ${functionOf(request)}(${constant}: typeof ${capital(constant)}) {`
}

/** `import type { product as Product } from './product.ts'`: a type alone, so no import goes in a circle. */
export function entityImport({ constant, from }: OperationRequest): string {
  return `import type { ${constant} as ${capital(constant)} } from '${from}'\n`
}

/** The lines that say whose rows are seen, where they belong to people. */
export function ownerLines({ owned, entity }: OperationRequest, indent: string): string {
  if (owned !== 'person') return ''
  return `${indent}const seesAll = holds(placement?.permissions ?? [], '${entity}:all')
${indent}const owner = seesAll ? undefined : principal.person
`
}
