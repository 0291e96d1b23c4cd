import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'

/** `plinth db check`: 0 when nothing is pending and the wall between tenants stands, else 1. */
export const checkCommand = defineCommand({
  meta: {
    description:
      'Check the database: pending migrations, drift of the platform, and all that keeps tenants apart',
  },
  async run() {
    const [{ statusOfSets }, { faultsOfService }] = await Promise.all([
      import('./status.ts'),
      import('./faults.ts'),
    ])
    const pending = (await statusOfSets()).flatMap((set) => set.pending)
    const faults = pending.map((name) => `${name} is pending`)
    // A database that is behind differs from what is declared in many more ways: first things first.
    if (pending.length === 0) faults.push(...(await faultsOfService()))
    for (const fault of faults) say(fault)
    if (faults.length > 0) throw new CliError(`The database has ${faults.length} to mend.`)
    say('The database is as it should be.')
  },
})
