/** Where a variable was read. */
export type Origin = 'environment' | 'dotenv' | 'secret-file'

/** A variable and the place it came from. */
export interface Variable {
  readonly name: string
  readonly value: string
  readonly origin: Origin
  /** `environment`, `.env:3` or the path of a secret file. */
  readonly place: string
}

/** Finds a variable by name; undefined when it is not set. */
export type Lookup = (name: string) => Variable | undefined
