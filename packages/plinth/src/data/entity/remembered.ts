/**
 * A bounded memory of what follows from its key alone. Callers choose filters, sorts and pages, so the
 * oldest is given up for a new one: no variety of requests makes memory grow.
 */
export class Remembered<T> {
  readonly #known = new Map<string, T>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  /** What follows from a key, made if it is not known. */
  get(key: string, make: () => T): T {
    const known = this.#known.get(key)
    if (known !== undefined) {
      if (this.#known.size >= this.#most) {
        this.#known.delete(key)
        this.#known.set(key, known)
      }
      return known
    }
    const made = make()
    if (this.#known.size >= this.#most) this.#dropOldest()
    this.#known.set(key, made)
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
