// The process behind `startChild`: node bench/server.ts <role> <database URL>

import { startCeiling } from './ceiling.ts'
import type { Listening, Role } from './children.ts'
import { startFloor } from './floor.ts'
import { startHouse } from './house.ts'

const STARTERS: Readonly<Record<Role, (url: string) => Promise<Listening & Stoppable>>> = {
  floor: startFloor,
  plinth: startHouse,
  ceiling: startCeiling,
}

interface Stoppable {
  stop(): Promise<void>
}

const [, , role, databaseUrl = ''] = process.argv
const server = await STARTERS[role as Role](databaseUrl)
process.once('disconnect', () => void server.stop().finally(() => process.exit(0)))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.send?.({
  port: server.port,
  visitor: server.visitor,
  session: server.session,
  change: server.change,
  key: server.key,
  bearer: server.bearer,
})
