/** As many as one entity keeps. */
const LIMIT = 200

/**
 * What was compiled for each shape of list. Callers choose filters and sorts, so the oldest shape is
 * given up for a new one: no variety of requests makes memory grow.
 */
export class Shapes<T> {
  readonly #known = new Map<string, T>()

  /** The compiled form of a shape, made if it is not known. */
  get(shape: string, make: () => T): T {
    const known = this.#known.get(shape)
    if (known !== undefined) {
      if (this.#known.size >= LIMIT) {
        this.#known.delete(shape)
        this.#known.set(shape, known)
      }
      return known
    }
    const made = make()
    if (this.#known.size >= LIMIT) this.#dropOldest()
    this.#known.set(shape, made)
    return made
  }

  get size(): number {
    return this.#known.size
  }

  #dropOldest(): void {
    const oldest = this.#known.keys().next().value
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}
