import { stripVTControlCharacters } from 'node:util'
import { type CommandDef, renderUsage } from 'citty'
import { commandNotes } from './command-notes.ts'
import type { Resolved } from './resolve-command.ts'
import { settled } from './resolve-command.ts'

const ROOT = `plinth: make, run, check and update a service

  new <name>             a service that runs at once
  entity …               add, list, change and remove entities
  sync                   write src/generated/ from the code

  dev                    all of it on this machine, reloading on change
  dev start-env · start-server · status · logs · stop
  db …                   migrations, roles, drift; init-db makes all at once
  config … · platform …  settings and where they come from · administrators
  seed · keys … · clients … · people …   administrators, keys, machines, people

  check                  types, lint, routes, API, migrations, attack, in one
  attack                 every route, as everybody who should not get through
  why GET /a/path        who may call a route, by which line, at what cost
  routes · openapi       every route and who may call it · the API's document
  doctor · version       what is wrong here, each with its fix · what runs

  update                 bring the service to this Plinth; your edits stay
  eject <feature>        take a feature of the platform over as your own code
  completion <shell>     for bash, zsh and fish
  plinth <command> --help    options and examples; --json and --dry-run in most
Exit codes: 0 done · 1 failed · 2 asked wrongly, or in the wrong place
`

/** One screen about a command. */
export async function helpFor({ path, command }: Resolved): Promise<string> {
  if (path.length === 0) return ROOT
  const parent: CommandDef = { meta: { name: ['plinth', ...path.slice(0, -1)].join(' ') } }
  const named: CommandDef = {
    ...command,
    meta: { ...(await settled(command.meta)), name: path.at(-1) ?? '' },
    args: await optionsOf({ path, command }),
  }
  return inColoursOf(process.stdout, `${await renderUsage(named, parent)}\n${examplesOf(path)}`)
}

/** Colours are for a terminal that shows them, not for a file, a pager or NO_COLOR. */
function inColoursOf({ isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>, text: string): string {
  return isTTY && !process.env['NO_COLOR'] ? text : stripVTControlCharacters(text)
}

function examplesOf(path: readonly string[]): string {
  const { examples = [], explains } = commandNotes[path.join(' ')] ?? {}
  if (examples.length === 0) return ''
  const before = explains === undefined ? '' : `\n${explains}`
  return `${before}\nFor example:\n${examples.map((line) => `  ${line}\n`).join('')}`
}

/** The options of a command, and `--json` where the tool itself brings it. */
export async function optionsOf({ path, command }: Pick<Resolved, 'path' | 'command'>) {
  const options = (await settled(command.args)) ?? {}
  if (command.run === undefined || 'json' in options) return options
  if (commandNotes[path.join(' ')]?.noJson !== undefined) return options
  return { ...options, json: { type: 'boolean', description: 'Print JSON' } } as const
}
