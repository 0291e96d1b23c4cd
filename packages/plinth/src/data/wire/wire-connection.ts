import type { Connection } from 'pg'

/** What pg's own `Query` does with a connection, of which its types leave a part out. */
export interface WireConnection {
  stream: Sink
  readonly parsedStatements: Record<string, string>
  readonly submittedNamedStatements: Record<string, string>
  parse(statement: { readonly name: string; readonly text: string }): void
  bind(config: { readonly statement: string; readonly values: readonly unknown[] }): void
  describe(message: { readonly type: 'P' }): void
  execute(config: { readonly portal: '' }): void
  close(message: { readonly type: 'S'; readonly name: string }): void
  sendCopyFail(message: string): void
  sync(): void
  attachListeners(stream: AnswerStream): void
  /** Says who comes, to which database, and which settings the session begins with. */
  startup(parameters: Readonly<Record<string, string>>): void
}

/** What pg listens to for the server's answers. */
export interface AnswerStream {
  on(event: string, listener: (bytes: Buffer) => void): unknown
}

/** Where a connection writes its messages. */
interface Sink {
  readonly writable: boolean
  write(message: Buffer): boolean
}

/** A connection with all of its parts, as the self-test at boot finds them. */
export function partsOf(connection: Connection): WireConnection {
  return connection as Connection & WireConnection
}

/**
 * Has a session write days and moments as ISO 8601, whatever form the server, the database or the role was
 * given: pg leaves it to them, and takes `03/02/2026` for the second of March. It travels with the start
 * of the session, which poolers know of.
 */
export function speakIso(connection: Connection): void {
  const parts = partsOf(connection)
  const { startup } = parts
  parts.startup = (parameters) => startup.call(parts, { ...parameters, DateStyle: 'ISO' })
}

/**
 * Lets `say` write messages, and sends them in one write: a system call for each one costs more.
 * When it throws nothing is sent: a value that cannot be written leaves no half of a unit on its way.
 */
export function inOneWrite(connection: WireConnection, say: () => void): void {
  const { stream } = connection
  const messages: Buffer[] = []
  connection.stream = {
    writable: stream.writable,
    write: (message) => messages.push(message) > 0,
  }
  try {
    say()
  } finally {
    connection.stream = stream
  }
  if (messages.length > 0) stream.write(Buffer.concat(messages))
}
