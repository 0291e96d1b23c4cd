import type { CommandNode } from '../command-tree.ts'

/** What may follow at one place of a command line. */
export interface Choice {
  readonly word: string
  /** One line, without quotes and colons that a shell would take for its own. */
  readonly says: string
}

/** A place: the command so far, and what may come next. */
export interface Choices {
  /** `/dev/status`; empty for the program itself. */
  readonly at: string
  readonly commands: readonly Choice[]
  readonly options: readonly Choice[]
}

/** What may follow after each command that people see. */
export function choicesOf(tree: readonly CommandNode[]): readonly Choices[] {
  const shown = tree.filter(({ path }) =>
    path.every((_, at) => !hiddenAt(tree, path.slice(0, at + 1))),
  )
  return shown.map(({ path, children, options }) => ({
    at: path.map((name) => `/${name}`).join(''),
    commands: children.map((word) => {
      const child = nodeAt(tree, [...path, word])
      return { word, says: plain(child?.description ?? '') }
    }),
    options: Object.entries(options)
      .filter(([, { type }]) => type !== 'positional')
      .map(([name, option]) => optionChoice(name, option)),
  }))
}

/** What is on unless it is said otherwise is offered as `--no-…`. */
function optionChoice(name: string, option: CommandNode['options'][string]): Choice {
  const { type, default: usual, description = '' } = option
  if (type !== 'boolean' || usual !== true) return { word: `--${name}`, says: plain(description) }
  const says = 'negativeDescription' in option ? (option.negativeDescription ?? '') : ''
  return { word: `--no-${name}`, says: plain(says) }
}

function nodeAt(tree: readonly CommandNode[], path: readonly string[]): CommandNode | undefined {
  return tree.find((node) => node.path.join('/') === path.join('/'))
}

function hiddenAt(tree: readonly CommandNode[], path: readonly string[]): boolean {
  return nodeAt(tree, path)?.hidden === true
}

const LONGEST = 70

function plain(text: string): string {
  const line = text
    .replaceAll(/[^\p{L}\p{N} ,.;()/_=-]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 2)} …` : line
}
