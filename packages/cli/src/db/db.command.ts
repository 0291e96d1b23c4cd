import { defineCommand } from 'citty'

const upgrade = () => import('./upgrade.command.ts').then((module) => module.upgradeCommand)

/** `plinth db …`: everything about the database that is not the running service's business. */
export const dbCommand = defineCommand({
  meta: { name: 'db', description: 'Roles, migrations and checks of the database' },
  subCommands: {
    setup: () => import('./setup.command.ts').then((module) => module.setupCommand),
    revision: () => import('./revision.command.ts').then((module) => module.revisionCommand),
    upgrade,
    migrate: upgrade,
    downgrade: () => import('./downgrade.command.ts').then((module) => module.downgradeCommand),
    current: () => import('./current.command.ts').then((module) => module.currentCommand),
    history: () => import('./history.command.ts').then((module) => module.historyCommand),
    heads: () => import('./heads.command.ts').then((module) => module.headsCommand),
    renumber: () => import('./renumber.command.ts').then((module) => module.renumberCommand),
    stamp: () => import('./stamp.command.ts').then((module) => module.stampCommand),
    check: () => import('./check.command.ts').then((module) => module.checkCommand),
    pull: () => import('./pull.command.ts').then((module) => module.pullCommand),
    dump: () => import('./dump.command.ts').then((module) => module.dumpCommand),
    seed: () => import('./seed.command.ts').then((module) => module.seedCommand),
    url: () => import('./url.command.ts').then((module) => module.urlCommand),
    reset: () => import('./reset.command.ts').then((module) => module.resetCommand),
  },
})
