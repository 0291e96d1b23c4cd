/** Whom to make the administrator of which tenant. */
export interface SeedWish {
  /** Address of somebody who is there, or of a person who is made. */
  readonly email?: string | undefined
  /** Id of somebody who is there, where several have the address. */
  readonly person?: string | undefined
  /** Name of a person who is made; their address when left out. */
  readonly name?: string | undefined
  /** Id or short name; one of that short name is made. Without it the only one, or `main`. */
  readonly tenant?: string | undefined
}
