import { randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import { Client, escapeIdentifier } from 'pg'
import type { DatabaseSettings } from '../database.settings.ts'
import { directConnectionConfig } from '../pool/connection-config.ts'
import { SERVER_TIME, serverTimeOf } from '../server-time.ts'

/** One connection that listens, from its opening to its loss. */
export interface Ear {
  /**
   * Sends a number to ourselves, after everything that was committed before: it comes back as an echo.
   * @param told what the server's clock showed
   */
  call(number: number, told: (showsMs: number) => void): void
  /** Drops the connection; nothing is heard any more. */
  close(): void
}

/** What a connection that listens tells. */
export interface EarEvents {
  message(channel: string, payload: string): void
  echo(number: number): void
  /** Told once; nothing follows. */
  lost(error: Error): void
}

/**
 * Opens a connection of its own and listens. PostgreSQL delivers notifications in the order in which
 * they were committed, so an echo proves that everything before its call was heard. Neither the
 * connection nor anything else here keeps the process alive.
 * @throws Error when the server cannot be reached, or does not let us listen
 */
export async function openEar(
  settings: DatabaseSettings,
  channels: readonly string[],
  events: EarEvents,
): Promise<Ear> {
  const socket = new Socket().unref()
  const config = directConnectionConfig(settings)
  const client = new Client({
    ...config,
    application_name: 'plinth listener',
    stream: () => socket,
  })
  // A channel of our own: nobody else is woken by our calls.
  const own = `plinth_echo_${randomBytes(8).toString('hex')}`
  let [opened, over] = [false, false]
  const close = () => {
    over = true
    socket.destroy()
  }
  const lose = (error: Error) => {
    // While it opens, whoever opens is told by the rejection.
    if (over || !opened) return
    close()
    events.lost(error)
  }
  client.on('error', lose)
  client.on('end', () => lose(new Error('the connection has ended')))
  client.on('notification', (note) => {
    if (over) return
    if (note.channel === own) events.echo(Number(note.payload))
    else events.message(note.channel, note.payload ?? '')
  })
  try {
    await client.connect()
    await client.query([...channels, own].map((one) => `listen ${escapeIdentifier(one)}`).join(';'))
  } catch (error) {
    close()
    throw error
  }
  opened = true
  return {
    close,
    call(number, told) {
      client
        .query(`select pg_catalog.pg_notify('${own}', '${number}'), ${SERVER_TIME}`)
        .then(({ rows }) => told(serverTimeOf(rows[0])))
        .catch(lose)
    },
  }
}
