import { defineCommand } from 'citty'

/** `plinth entity …`: entities of a service, from the first line to the last. */
export const entityCommand = defineCommand({
  meta: { name: 'entity', description: 'Add, list, change and remove entities' },
  subCommands: {
    add: () => import('./add/add.command.ts').then((module) => module.addCommand),
    ls: () => import('./list/list.command.ts').then((module) => module.listCommand),
    rm: () => import('./remove/remove.command.ts').then((module) => module.removeCommand),
    field: () => import('./field/field.command.ts').then((module) => module.fieldCommand),
    expand: () => import('./expand/expand.command.ts').then((module) => module.expandCommand),
  },
})
