import type { ArgsDef, CommandDef } from 'citty'
import { misuse } from './cli-error.ts'
import { suggestion } from './suggestion.ts'

/** The command that a command line names, and what is left for it. */
export interface Resolved {
  /** Names from the root, without the program: `['dev', 'status']`. */
  readonly path: readonly string[]
  readonly command: CommandDef
  /** The groups on the way to it; their `setup` runs before the command. */
  readonly groups: readonly CommandDef[]
  readonly rest: readonly string[]
}

/**
 * Walks from the root to the command that is meant.
 * @throws CliError naming the nearest command when there is none of that name
 */
export async function resolveCommand(root: CommandDef, argv: readonly string[]): Promise<Resolved> {
  let command = root
  const path: string[] = []
  const groups: CommandDef[] = []
  let rest = argv
  for (;;) {
    const [name] = rest
    const children = await settled(command.subCommands)
    if (children === undefined || name === undefined || name.startsWith('-')) break
    const child = await childNamed(children, name)
    if (child === undefined) throw await unknownCommand(name, path, Object.keys(children))
    groups.push(command)
    command = child
    path.push(name)
    rest = rest.slice(1)
  }
  return { path, command, groups, rest }
}

type Children = Exclude<Awaited<ReturnType<typeof childrenOf>>, undefined>

function childrenOf(command: CommandDef) {
  return settled(command.subCommands)
}

async function childNamed(children: Children, name: string): Promise<CommandDef | undefined> {
  if (Object.hasOwn(children, name)) return settled(children[name])
  const alias = ALIASES[name]
  return alias !== undefined && Object.hasOwn(children, alias)
    ? settled(children[alias])
    : undefined
}

/** Other spellings that documents use. Here, and not at the commands, so that none is loaded to be compared. */
const ALIASES: Readonly<Record<string, string>> = { 'stop-env': 'stop' }

async function unknownCommand(name: string, path: readonly string[], known: readonly string[]) {
  const place = ['plinth', ...path].join(' ')
  const near = await suggestion(name, [...known, ...Object.keys(ALIASES)])
  const next = near === undefined ? `see \`${place} --help\`` : `did you mean \`${place} ${near}\`?`
  return misuse(`\`${place}\` has no command "${name}"; ${next}${next.endsWith('?') ? '' : '.'}`)
}

/**
 * Refuses what a command would silently ignore: options it does not know, values too many; and values
 * too few.
 * @throws CliError naming the nearest option, or the value that is missing
 */
export async function checkArguments(found: Resolved): Promise<void> {
  const { path, command, rest } = found
  if (command.run === undefined) return refuseStray(found)
  const options = (await settled(command.args)) ?? {}
  const place = ['plinth', ...path].join(' ')
  const positionals: string[] = []
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    if (word === '--') break
    if (!word.startsWith('-') || word === '-') {
      positionals.push(word)
      continue
    }
    const name = optionName(options, word)
    if (name === undefined) throw await unknownOption(word, place, Object.keys(options))
    if (!takesValue(options, name)) refuseValue(word)
    if (!takesValue(options, name) || word.includes('=')) continue
    at += 1
    if (rest[at] === undefined) throw misuse(`${word} needs a value; see \`${place} --help\`.`)
  }
  const missing = missingIn(options, positionals, rest)
  if (missing !== undefined) throw misuse(`\`${place}\` needs ${missing}; see \`${place} --help\`.`)
  const extra = positionals[placesFor(options)]
  if (extra !== undefined)
    throw misuse(`\`${place}\` does not take "${extra}"; see \`${place} --help\`.`)
}

/**
 * Refuses what stands where a command should: an option that no group has, or one before its command.
 */
async function refuseStray({ path, rest }: Resolved): Promise<void> {
  const place = ['plinth', ...path].join(' ')
  const [first, ...others] = rest
  const isOption = (word: string) => word.startsWith('-')
  const unknown = rest.filter(isOption).find((word) => !/^--(json(=.*)?)?$/.test(word))
  const name = others.find((word) => !isOption(word))
  if (name !== undefined)
    throw misuse(`Options come after the command: \`${place} ${name} … ${first}\`.`)
  if (unknown !== undefined)
    throw await unknownOption(unknown, place, [
      'help',
      'json',
      ...(path.length === 0 ? ['version'] : []),
    ])
}

/** How many values a command takes; one whose last value is shown as `field …` takes any number. */
function placesFor(options: ArgsDef): number {
  const places = Object.values(options).filter(({ type }) => type === 'positional')
  return places.at(-1)?.valueHint?.endsWith('…') === true ? Number.POSITIVE_INFINITY : places.length
}

/** The first value or option that cannot be left out, and is. */
function missingIn(
  options: ArgsDef,
  positionals: readonly string[],
  rest: readonly string[],
): string | undefined {
  const required = Object.entries(options).filter(
    ([, option]) => 'required' in option && option.required === true,
  )
  const values = required.filter(([, { type }]) => type === 'positional')
  const value = values[positionals.length]?.[0]
  if (value !== undefined) return `<${value}>`
  const said = rest.map((word) => optionName(options, word))
  const option = required.find(([name, { type }]) => type !== 'positional' && !said.includes(name))
  return option && `--${option[0]}`
}

function optionName(options: ArgsDef, word: string): string | undefined {
  const name = word.replace(/^--?(no-)?/, '').replace(/=.*$/s, '')
  const plain = word.replace(/^--?/, '').replace(/=.*$/s, '')
  return Object.keys(options).find((key) => {
    const option = options[key]
    if (option === undefined || option.type === 'positional') return false
    if (key === plain || (key === name && option.type === 'boolean')) return true
    return 'alias' in option && [option.alias].flat().includes(plain)
  })
}

/** `--json=maybe` would silently mean `--json`. */
function refuseValue(word: string): void {
  const [option, value] = word.split('=', 2)
  if (value === undefined || value === 'true' || value === 'false') return
  throw misuse(`${option} takes no value: write ${option}, or leave it out.`)
}

function takesValue(options: ArgsDef, name: string): boolean {
  const type = options[name]?.type
  return type === 'string' || type === 'enum'
}

async function unknownOption(word: string, place: string, known: readonly string[]) {
  const name = word.replace(/^--?/, '').replace(/=.*$/s, '')
  // Of one sign every short name is near.
  const near = name.length < 2 ? undefined : await suggestion(name, known)
  const next = near === undefined ? `see \`${place} --help\`.` : `did you mean --${near}?`
  return misuse(`\`${place}\` has no option ${word.replace(/=.*$/s, '')}; ${next}`)
}

/** A value, or what a function or a promise of it comes to. */
export async function settled<T>(value: T | Promise<T> | (() => T | Promise<T>) | undefined) {
  return typeof value === 'function' ? await (value as () => T | Promise<T>)() : await value
}
