import { parseArgs } from 'citty'
import { errorFacts, misuse } from './cli-error.ts'
import { helpFor, optionsOf } from './help.ts'
import { asJson, watchOutput } from './json-lines.ts'
import { withProgress } from './progress.ts'
import { checkArguments, type Resolved, resolveCommand, settled } from './resolve-command.ts'
import { rootCommand } from './root.command.ts'
import { speaksItself } from './speaks-itself.ts'

/**
 * Runs one command line and sets the exit code: 0 done, 1 failed, 2 asked wrongly. Who asks for JSON
 * gets JSON on standard output whatever happens; the sentence stands on standard error in any case.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const hasSpoken = watchOutput()
  try {
    await run(argv)
  } catch (error) {
    const facts = errorFacts(error)
    process.exitCode = facts.exit_code
    process.stderr.write(`${facts.message}\n`)
    if (asked(argv, '--json') && !hasSpoken())
      process.stdout.write(`${JSON.stringify({ error: facts })}\n`)
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
    await checkArguments(found)
    process.stderr.write(await helpFor(found))
    process.exitCode = path.length === 0 ? 0 : 2
    if (asked(rest, '--json')) throw misuse(`\`${['plinth', ...path].join(' ')}\` needs a command.`)
    return
  }
  const options = await optionsOf(found)
  await checkArguments({ ...found, command: { ...command, args: options } })
  const args = parseArgs([...rest], options)
  const context = { rawArgs: [...rest], args, cmd: command }
  for (const { setup } of [...groups, command]) await setup?.(context)
  const { run: act } = command
  const told = speaksItself(path)
  const work: typeof act = (given) =>
    told ? act(given) : withProgress(`plinth ${path.join(' ')}`, Promise.resolve(act(given)))
  const speaksJson = 'json' in ((await settled(command.args)) ?? {})
  if (args['json'] === true && !speaksJson) await asJson(() => work(context))
  else await work(context)
}

function wantsHelp({ rest }: Resolved): boolean {
  return asked(rest, '--help') || asked(rest, '-h')
}

/** Whether an option stands on the command line, before the values that `--` begins. */
function asked(words: readonly string[], option: string): boolean {
  const before = words.includes('--') ? words.slice(0, words.indexOf('--')) : words
  return before.includes(option) || before.includes(`${option}=true`)
}
