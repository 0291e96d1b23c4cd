import { defineCommand } from 'citty'
import { eraseCommand } from './erase.command.ts'
import { exportCommand } from './export.command.ts'
import { importCommand } from './import.command.ts'
import { listCommand } from './list.command.ts'
import { disableCommand, enableCommand } from './status.command.ts'

/** `plinth people …`: people of a service, for whoever owns its database. */
export const peopleCommand = defineCommand({
  meta: { name: 'people', description: 'Import, export, list, deactivate and erase people' },
  subCommands: {
    ls: listCommand,
    import: importCommand,
    export: exportCommand,
    disable: disableCommand,
    enable: enableCommand,
    erase: eraseCommand,
  },
})
