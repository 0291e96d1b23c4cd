import type { ArgsDef, CommandDef } from 'citty'
import { optionsOf } from './help.ts'
import { settled } from './resolve-command.ts'

/** One command of the tool, loaded. */
export interface CommandNode {
  /** Names from the root, without the program: `['dev', 'status']`. */
  readonly path: readonly string[]
  readonly command: CommandDef
  readonly description: string
  /** Not for people: neither help nor completion shows it. */
  readonly hidden: boolean
  /** `--json` included, where the tool itself brings it. */
  readonly options: ArgsDef
  /** Names of the commands below it that people see. */
  readonly children: readonly string[]
}

/** Every command, parents first. It loads them all, which starting the tool never does. */
export async function commandTree(
  root: CommandDef,
  path: readonly string[] = [],
): Promise<readonly CommandNode[]> {
  const below = Object.entries((await settled(root.subCommands)) ?? {})
  const nodes = await Promise.all(
    below.map(async ([name, child]) => commandTree((await settled(child)) ?? {}, [...path, name])),
  )
  const meta = await settled(root.meta)
  const shown = nodes.flatMap(([first]) => (first === undefined || first.hidden ? [] : [first]))
  const self: CommandNode = {
    path,
    command: root,
    description: meta?.description ?? '',
    hidden: meta?.hidden === true,
    options: await optionsOf({ path, command: root }),
    children: shown.map((node) => node.path.at(-1) ?? ''),
  }
  return [self, ...nodes.flat()]
}
