import { defineCommand } from 'citty'

/** `plinth entity field …`: the fields of an entity. */
export const fieldCommand = defineCommand({
  meta: { name: 'field', description: 'Add, rename and remove fields of an entity' },
  subCommands: {
    add: () => import('./add-field.command.ts').then((module) => module.addFieldCommand),
    rename: () => import('./rename-field.command.ts').then((module) => module.renameFieldCommand),
    rm: () => import('./remove-field.command.ts').then((module) => module.removeFieldCommand),
  },
})
