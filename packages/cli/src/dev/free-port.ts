import { connect, createServer } from 'node:net'
import { CliError } from '../cli-error.ts'

const TRIES = 50

/**
 * The first free TCP port from `wanted` on (D17: "if one is taken the next free is used").
 * @param taken ports that are promised to somebody else already
 * @throws CliError when fifty in a row are taken
 */
export async function freePort(wanted: number, taken: readonly number[] = []): Promise<number> {
  for (let port = wanted; port < wanted + TRIES && port < 65_536; port++)
    if (!taken.includes(port) && (await isFree(port))) return port
  throw new CliError(`No port from ${wanted} to ${wanted + TRIES - 1} is free; name another one.`)
}

/** Nobody answers on it, and this process may listen on it. */
async function isFree(port: number): Promise<boolean> {
  // Some systems let 127.0.0.1 be bound below somebody's 0.0.0.0: hence the call first.
  const answered = await Promise.all([answers('127.0.0.1', port), answers('::1', port)])
  return !answered.includes(true) && (await canListen(port))
}

/** Whether a TCP connection to this port is accepted within a second. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.setTimeout(1000, () => end(false))
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)))
  })
}
