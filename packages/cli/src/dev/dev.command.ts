import { defineCommand } from 'citty'
import { runWith, serverArguments } from './start-server.command.ts'

/** `plinth dev`: everything that a service needs on this machine, and the service, reloading. */
export const devCommand = defineCommand({
  meta: { description: 'Run a service with all it needs; saved files restart it' },
  args: serverArguments,
  subCommands: {
    'start-env': () => import('./start-env.command.ts').then((module) => module.startEnvCommand),
    'start-server': () =>
      import('./start-server.command.ts').then((module) => module.startServerCommand),
    status: () => import('./status.command.ts').then((module) => module.statusCommand),
    logs: () => import('./logs.command.ts').then((module) => module.logsCommand),
    stop: () => import('./stop.command.ts').then((module) => module.stopCommand),
    supervise: () => import('./supervise.command.ts').then((module) => module.superviseCommand),
  },
  run: ({ args }) => runWith(args),
})
