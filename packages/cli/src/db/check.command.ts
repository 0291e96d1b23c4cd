import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'
import { say, whileWaiting } from '../dev/terminal.ts'

/** `plinth db check`: 0 when nothing is pending, nothing drifted and the wall between tenants stands. */
export const checkCommand = defineCommand({
  meta: {
    description:
      'Check the live database: pending migrations, drift, and all that keeps tenants apart',
  },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const faults = await (args.json
      ? faultsFound()
      : whileWaiting('Checking the database', faultsFound()))
    if (args.json) say(JSON.stringify({ faults }))
    else for (const fault of faults) say(fault)
    if (faults.length > 0) throw new CliError(`The database has ${faults.length} to mend.`)
    if (!args.json) say('The database is as it should be.')
  },
})

async function faultsFound(): Promise<readonly string[]> {
  const [{ statusOfSets }, { driftOfService, faultsOfService }] = await Promise.all([
    import('./status.ts'),
    import('./faults.ts'),
  ])
  const sets = await statusOfSets()
  const branches = sets.filter(({ heads }) => heads.length > 1)
  const behind = [
    ...branches.map(
      ({ heads }) => `${heads.join(' and ')} are both last; run "plinth db renumber"`,
    ),
    // With two heads that is why they differ.
    ...(branches.length > 0 ? [] : sets.flatMap(({ fault }) => fault ?? [])),
    ...sets.flatMap(({ pending }) => pending.map((name) => `${name} is pending`)),
  ]
  // A database that is behind differs from what is declared in many more ways: first things first.
  if (behind.length > 0) return behind
  const [faults, drift] = [await faultsOfService(), await driftOfService()]
  return [...faults, ...drift]
}
