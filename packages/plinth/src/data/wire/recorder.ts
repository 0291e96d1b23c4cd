import type { Connection } from 'pg'

/** What pg's own `Query.prepare` does with a connection. */
interface WireParts {
  readonly parsedStatements: Record<string, string>
  readonly submittedNamedStatements: Record<string, string>
  parse(query: object): void
  bind(config: BindConfig): void
  describe(message: object): void
  execute(config: object): void
  close(message: object): void
  sendCopyFail(message: string): void
}

/** pg's connection with the parts that its types leave out. */
export type WireConnection = Omit<Connection, keyof WireParts> & WireParts

interface BindConfig {
  readonly values?: readonly unknown[]
  readonly valueMapper?: (value: unknown, at: number) => unknown
}

/**
 * Stands in for a connection while statements are prepared. Nothing is sent until all of them are
 * ready: a value that cannot be written must not leave the first half of a unit on its way.
 */
export class Recorder {
  readonly parsedStatements: Record<string, string>
  readonly submittedNamedStatements: Record<string, string>
  #described = false
  readonly #sends: ((connection: WireConnection) => void)[] = []

  constructor(connection: WireConnection) {
    this.parsedStatements = connection.parsedStatements
    this.submittedNamedStatements = connection.submittedNamedStatements
  }

  /** Begins a statement; `described` when its columns are known from before. */
  begin(described: boolean): void {
    this.#described = described
  }

  parse(query: object): void {
    this.#described = false
    this.#sends.push((connection) => connection.parse(query))
  }

  bind({ valueMapper, ...config }: BindConfig): void {
    const values = config.values?.map((value, at) => valueMapper?.(value, at) ?? null)
    this.#sends.push((connection) => connection.bind({ ...config, ...(values && { values }) }))
  }

  describe(message: object): void {
    if (this.#described) return
    this.#sends.push((connection) => connection.describe(message))
  }

  execute(config: object): void {
    this.#sends.push((connection) => connection.execute(config))
  }

  close(message: object): void {
    this.#sends.push((connection) => connection.close(message))
  }

  /** One Sync ends the whole unit; those of single statements are left out. */
  sync(): void {
    // Sent by play().
  }

  /** Sends everything and one Sync, in one write: a system call for each message costs more. */
  play(connection: WireConnection): void {
    const { stream } = connection
    const messages: Buffer[] = []
    const collector = {
      writable: stream.writable,
      write: (message: Buffer) => messages.push(message) > 0,
    }
    Object.assign(connection, { stream: collector })
    try {
      for (const send of this.#sends) send(connection)
      connection.sync()
    } finally {
      Object.assign(connection, { stream })
    }
    if (messages.length > 0) stream.write(Buffer.concat(messages))
  }
}
