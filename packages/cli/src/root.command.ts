import { defineCommand } from 'citty'

/** All commands; each is loaded when it is asked for. */
export const rootCommand = defineCommand({
  meta: { name: 'plinth', description: 'The command line of Plinth' },
  subCommands: {
    new: () => import('./new/new.command.ts').then((module) => module.newCommand),
    dev: () => import('./dev/dev.command.ts').then((module) => module.devCommand),
    'init-db': () => import('./init-db.command.ts').then((module) => module.initDbCommand),
    db: async () => {
      const [{ dbCommand }, { lendDatabase }] = await Promise.all([
        import('./db/db.command.ts'),
        import('./dev/lend-database.ts'),
      ])
      return { ...dbCommand, setup: lendDatabase }
    },
    platform: async () => {
      const [{ platformCommand }, { lendDatabase }] = await Promise.all([
        import('./platform/platform.command.ts'),
        import('./dev/lend-database.ts'),
      ])
      return { ...platformCommand, setup: lendDatabase }
    },
    seed: async () => {
      const [{ seedCommand }, { lendDatabase }] = await Promise.all([
        import('./seed/seed.command.ts'),
        import('./dev/lend-database.ts'),
      ])
      return { ...seedCommand, setup: lendDatabase }
    },
    keys: async () => {
      const [{ keysCommand }, { lendDatabase }] = await Promise.all([
        import('./keys/keys.command.ts'),
        import('./dev/lend-database.ts'),
      ])
      return { ...keysCommand, setup: lendDatabase }
    },
    clients: async () => {
      const [{ clientsCommand }, { lendDatabase }] = await Promise.all([
        import('./clients/clients.command.ts'),
        import('./dev/lend-database.ts'),
      ])
      return { ...clientsCommand, setup: lendDatabase }
    },
    people: async () => {
      const [{ peopleCommand }, { lendDatabase }] = await Promise.all([
        import('./people/people.command.ts'),
        import('./dev/lend-database.ts'),
      ])
      return { ...peopleCommand, setup: lendDatabase }
    },
    config: () => import('./config/config.command.ts').then((module) => module.configCommand),
    entity: () => import('./entity/entity.command.ts').then((module) => module.entityCommand),
    sync: () => import('./sync/sync.command.ts').then((module) => module.syncCommand),
    check: () => import('./check/check.command.ts').then((module) => module.checkCommand),
    attack: () => import('./attack/attack.command.ts').then((module) => module.attackCommand),
    why: () => import('./why/why.command.ts').then((module) => module.whyCommand),
    routes: () => import('./routes.command.ts').then((module) => module.routesCommand),
    openapi: () => import('./openapi.command.ts').then((module) => module.openApiCommand),
    doctor: () => import('./doctor/doctor.command.ts').then((module) => module.doctorCommand),
    eject: () => import('./eject/eject.command.ts').then((module) => module.ejectCommand),
    update: () => import('./update/update.command.ts').then((module) => module.updateCommand),
    completion: () =>
      import('./completion/completion.command.ts').then((module) => module.completionCommand),
    version: () => import('./version.command.ts').then((module) => module.versionCommand),
  },
})
