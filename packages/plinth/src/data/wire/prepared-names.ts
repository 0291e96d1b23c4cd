import type { Connection } from 'pg'
import type { RowShape } from './row-shape.ts'

/** As many as one connection keeps; the server holds a plan for each. */
const LIMIT = 256

/**
 * Names of prepared statements of one connection, by text. The least recently used one is given up
 * for a new one, and no name is used twice: a stale name can never run another text.
 */
export class PreparedNames {
  readonly #byText = new Map<string, string>()
  readonly #shapes = new Map<string, RowShape>()
  #made = 0
  /** Names that the server still holds and nobody uses. */
  #dropped: string[] = []

  nameFor(text: string): string {
    const known = this.#byText.get(text)
    if (known !== undefined) {
      // Their order matters only when room gets scarce, and it costs something at each statement.
      if (this.#byText.size < LIMIT / 2) return known
      this.#byText.delete(text)
      this.#byText.set(text, known)
      return known
    }
    if (this.#byText.size >= LIMIT) this.#dropOldest()
    this.#made += 1
    const name = `plinth_${this.#made}`
    this.#byText.set(text, name)
    return name
  }

  /** How the rows of a statement are read; it never changes under one name. */
  shapeOf(name: string): RowShape | undefined {
    return this.#shapes.get(name)
  }

  /** Keeps what the server said of a statement's columns, so that it need not be asked for again. */
  keepShape(name: string, shape: RowShape): void {
    this.#shapes.set(name, shape)
  }

  /** Gives up all names, after the server said that one of them is no longer what it was. */
  dropAll(): void {
    this.#dropped.push(...this.#byText.values())
    this.#byText.clear()
    this.#shapes.clear()
  }

  /** Names to close on the server, each handed out once. */
  takeDropped(): readonly string[] {
    const dropped = this.#dropped
    if (dropped.length > 0) this.#dropped = []
    return dropped
  }

  #dropOldest(): void {
    const oldest = this.#byText.entries().next().value
    if (oldest === undefined) return
    this.#byText.delete(oldest[0])
    this.#shapes.delete(oldest[1])
    this.#dropped.push(oldest[1])
  }
}

const perConnection = new WeakMap<Connection, PreparedNames>()

/** The names of one connection. */
export function preparedNamesOf(connection: Connection): PreparedNames {
  const known = perConnection.get(connection)
  if (known !== undefined) return known
  const made = new PreparedNames()
  perConnection.set(connection, made)
  return made
}
