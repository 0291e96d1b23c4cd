/** Any declared entity. */
export interface AnyEntity {
  readonly name: string
}
