import type { Connection } from 'pg'

/** As many as one connection keeps; the server holds a plan for each. */
const LIMIT = 256

/**
 * Names of prepared statements of one connection, by text. The least recently used one is given up
 * for a new one, and no name is used twice: a stale name can never run another text.
 */
export class PreparedNames {
  readonly #byText = new Map<string, string>()
  readonly #columns = new Map<string, object>()
  #made = 0
  /** Names that the server still holds and nobody uses. */
  #dropped: string[] = []

  nameFor(text: string): string {
    const known = this.#byText.get(text)
    if (known !== undefined) {
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

  /** The server's description of a statement's rows; it never changes under one name. */
  columnsOf(name: string | undefined): object | undefined {
    return name === undefined ? undefined : this.#columns.get(name)
  }

  /** Keeps a description, so that it need not be asked for again. */
  keepColumns(name: string, description: object): void {
    this.#columns.set(name, description)
  }

  /** Gives up all names, after the server said that one of them is no longer what it was. */
  dropAll(): void {
    this.#dropped.push(...this.#byText.values())
    this.#byText.clear()
    this.#columns.clear()
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
    this.#columns.delete(oldest[1])
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
