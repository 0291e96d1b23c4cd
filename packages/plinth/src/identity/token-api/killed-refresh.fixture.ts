import type { PlatformDb } from '../../data/index.ts'
import { databaseSettings, openDatabase } from '../../data/index.ts'
import { systemClock } from '../../kernel/index.ts'
import { noSecondFactors } from '../sessions/no-second-factors.ts'
import { refreshTokens } from './refresh-tokens.ts'

// A process that is killed in the middle of a refresh. It is told where by its arguments.
const [, , url = '', token = '', where = ''] = process.argv
const log = { info: () => {}, warn: () => {}, error: () => {} }
const settings = databaseSettings.parse({ url })
const database = openDatabase({ settings, clock: systemClock, log })

/** Dies like a machine that loses its power: nothing is closed, nothing is said. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
}

const platform: PlatformDb = {
  ...database.platform,
  transaction: (work) =>
    database.platform.transaction(async (tx) => {
      const result = await work(tx)
      return where === 'before-commit' ? die() : result
    }),
}
async function run(): Promise<void> {
  await refreshTokens(
    {
      platform,
      clock: systemClock,
      idleSeconds: 86_400,
      notify: { mail: async () => {} },
      secondFactors: noSecondFactors,
      baseUrl: 'http://localhost:8000',
    },
    {
      token,
      mayUse: () => true,
      actor: { kind: 'anonymous', person: null, clientAddress: null, requestId: null },
    },
  )
  await die()
}

void run()
