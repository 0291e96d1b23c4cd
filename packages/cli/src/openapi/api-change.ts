/** How much a change of the API matters to those who call it. */
export type Weight =
  /** A caller that was written before stops working. */
  | 'breaking'
  /** A careful caller goes on; a careless one may not. */
  | 'warning'
  /** Nobody has to notice. */
  | 'additive'

/** One difference between two OpenAPI documents. */
export interface ApiChange {
  readonly weight: Weight
  /** Stable name of the kind of change, such as `field.removed`. */
  readonly code: string
  /** The operation and the place in it: `GET /api/v1/products, answer 200, items[].price`. */
  readonly where: string
  /** What changed, in words. */
  readonly what: string
}

/** A change in words, for a person. */
export function changeLine({ weight, where, what }: ApiChange): string {
  return `${weight.padEnd(8)}  ${where}: ${what}`
}

/** Where the comparison stands, and where it writes what it finds. */
export interface Place {
  /** `input` is what callers send, `output` what they read. */
  readonly side: 'input' | 'output'
  readonly where: string
  readonly found: ApiChange[]
}

/** The same side of the same operation, one step deeper. */
export function within(place: Place, step: string): Place {
  return { ...place, where: `${place.where}${step}` }
}

/** Writes down a change: its weight, its code, and what it is in words. */
export function report(
  { where, found }: Place,
  [weight, code, what]: readonly [Weight, string, string],
): void {
  found.push({ weight, code, where, what })
}
