import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Keeps room for whoever comes next: while a server has no socket left, the one that has been idle longest
 * is closed (HI-04). By itself Node refuses the newcomer, so that sockets which ask for nothing would keep
 * everybody out for as long as they may be kept alive.
 * @param most sockets that may be open; where all are at work, Node's own limit refuses the next
 */
export function closeOldestIdle(server: Server, most: number): void {
  // A Set keeps its order: whoever has been idle longest stands first.
  const idle = new Set<Socket>()
  const atWork = new WeakMap<Socket, number>()
  let open = 0
  const makeRoom = (): void => {
    if (open < most) return
    const [oldest] = idle
    oldest?.destroySoon()
  }
  server.on('connection', (socket: Socket) => {
    open += 1
    makeRoom()
    idle.add(socket)
    socket.once('close', () => {
      open -= 1
      idle.delete(socket)
    })
  })
  // Whoever was the last has not asked for anything either.
  server.on('drop', makeRoom)
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    atWork.set(socket, (atWork.get(socket) ?? 0) + 1)
    idle.delete(socket)
    response.once('close', () => {
      // Requests that were sent without waiting for an answer share their socket.
      const left = (atWork.get(socket) ?? 1) - 1
      atWork.set(socket, left)
      if (left > 0 || socket.destroyed) return
      idle.add(socket)
      makeRoom()
    })
  })
  onUpgrade(server, (socket) => idle.delete(socket))
}

/** Tells of sockets that speak another protocol from now on, without being the one who makes Node offer that. */
function onUpgrade(server: Server, tell: (socket: Socket) => void): void {
  const listen = (event: string | symbol): void => {
    if (event !== 'upgrade') return
    server.off('newListener', listen)
    server.on('upgrade', (request: IncomingMessage) => tell(request.socket))
  }
  server.on('newListener', listen)
}
