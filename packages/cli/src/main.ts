import { parseArgs } from 'citty'
import { CliError } from './cli-error.ts'
import { helpFor, optionsOf } from './help.ts'
import { asJson } from './json-lines.ts'
import { checkArguments, type Resolved, resolveCommand, settled } from './resolve-command.ts'
import { rootCommand } from './root.command.ts'

/** Runs one command line and sets the exit code: 0 done, 1 failed, 2 asked wrongly. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await run(argv)
  } catch (error) {
    process.exitCode = error instanceof CliError ? error.exitCode : 1
    process.stderr.write(`${sentence(error)}\n`)
    if (process.env['PLINTH_DEBUG'] && error instanceof Error)
      process.stderr.write(`${error.stack}\n`)
  }
}

async function run(argv: readonly string[]): Promise<void> {
  const [first, ...others] = argv
  if (first === '--version' || first === '-v') return run(['version', ...others])
  if (first === 'help') return run([...others, '--help'])
  const found = await resolveCommand(rootCommand, argv)
  if (wantsHelp(found)) {
    process.stdout.write(await helpFor(found))
    return
  }
  const { command, groups, rest, path } = found
  if (command.run === undefined) {
    process.stderr.write(await helpFor(found))
    process.exitCode = path.length === 0 ? 0 : 2
    return
  }
  const options = await optionsOf(found)
  await checkArguments({ ...found, command: { ...command, args: options } })
  const args = parseArgs([...rest], options)
  const context = { rawArgs: [...rest], args, cmd: command }
  for (const { setup } of [...groups, command]) await setup?.(context)
  const work = command.run
  const speaksJson = 'json' in ((await settled(command.args)) ?? {})
  if (args['json'] === true && !speaksJson) await asJson(() => work(context))
  else await work(context)
}

function wantsHelp({ rest }: Resolved): boolean {
  const before = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  return before.includes('--help') || before.includes('-h')
}

/** One line for a person, whatever was thrown. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text === '' ? 'It failed without a reason; set PLINTH_DEBUG=1 to see where.' : text
}
