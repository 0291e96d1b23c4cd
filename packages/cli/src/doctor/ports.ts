import { readState } from '../dev/dev-state.ts'
import { answers } from '../dev/free-port.ts'
import { isRunning } from '../dev/process-stamp.ts'
import { type Examined, examined, skipped } from './finding.ts'
import type { Subject } from './subject.ts'

/** Whether the port of the service is free, or the service's own. */
export async function examinePorts({ folder, loaded, production }: Subject): Promise<Examined> {
  if (production) return skipped('production runs on another machine')
  if (isRunning(readState(folder.home, 'server')?.supervisor)) return examined([])
  const port = loaded.ok ? portOf(loaded.config) : undefined
  if (port === undefined) return skipped('the configuration has faults to mend first')
  if (!(await answers('127.0.0.1', port))) return examined([])
  return examined([
    {
      code: 'port.taken',
      severity: 'warning',
      says: `Another program listens on port ${port}; \`npm start\` refuses, \`npm run dev\` takes the next free one.`,
      fix: `Stop that program, or set APP_PORT to another port.`,
    },
  ])
}

function portOf(config: unknown): number | undefined {
  const app = typeof config === 'object' && config !== null ? Reflect.get(config, 'app') : undefined
  const port: unknown =
    typeof app === 'object' && app !== null ? Reflect.get(app, 'port') : undefined
  return typeof port === 'number' ? port : undefined
}
