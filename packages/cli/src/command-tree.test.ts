import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { commandNotes } from './command-notes.ts'
import type { CommandNode } from './command-tree.ts'
import { commandTree } from './command-tree.ts'
import { helpFor, optionsOf } from './help.ts'
import { checkArguments, resolveCommand } from './resolve-command.ts'
import { rootCommand } from './root.command.ts'
import { SPEAKING } from './speaks-itself.ts'

let all: readonly CommandNode[]
let commands: readonly CommandNode[]
before(async () => {
  all = (await commandTree(rootCommand)).filter(({ hidden }) => !hidden)
  commands = all.filter(({ command }) => command.run !== undefined)
})

const nameOf = ({ path }: CommandNode): string => path.join(' ')
const failing = (fault: (node: CommandNode) => boolean): readonly string[] =>
  commands.filter(fault).map(nameOf)

test('every command says what it does, and shows an example', () => {
  assert.deepEqual(all.filter(({ description }) => description.length < 10).map(nameOf), [])
  assert.deepEqual(
    failing((node) => (commandNotes[nameOf(node)]?.examples ?? []).length === 0),
    [],
  )
})

test('what is noted is noted of a command that there is', () => {
  const names = new Set(all.map(nameOf))
  assert.deepEqual(
    Object.keys(commandNotes).filter((name) => !names.has(name)),
    [],
  )
})

test('every command has --json, or a reason why not', () => {
  const without = failing(
    (node) => !('json' in node.options) && commandNotes[nameOf(node)]?.noJson === undefined,
  )
  assert.deepEqual(without, [])
})

test('every command says whether it writes, and has --dry-run then and only then', () => {
  const unsaid = failing((node) => commandNotes[nameOf(node)] === undefined)
  assert.deepEqual(unsaid, [])
  const wrong = failing((node) => {
    const { writes } = commandNotes[nameOf(node)] ?? {}
    return (writes === true) !== 'dry-run' in node.options
  })
  assert.deepEqual(wrong, [])
})

test('every option says what it does', () => {
  const silent = commands.flatMap((node) =>
    Object.entries(node.options)
      .filter(([, option]) => {
        const said = 'negativeDescription' in option ? option.negativeDescription : undefined
        return (option.description ?? said ?? '') === ''
      })
      .map(([name]) => `${nameOf(node)} --${name}`),
  )
  assert.deepEqual(silent, [])
})

test('a command that says itself what it waits for is one that there is', () => {
  const names = new Set(commands.map(nameOf))
  assert.deepEqual(
    [...SPEAKING].filter((name) => !names.has(name)),
    [],
  )
})

const SHELL_WORDS = /"([^"]*)"|(\S+)/g

test('every example is a command line that is taken', async () => {
  for (const node of commands) {
    for (const example of commandNotes[nameOf(node)]?.examples ?? []) {
      const [line = ''] = /plinth [^|)]+/.exec(example) ?? []
      const words = [...line.matchAll(SHELL_WORDS)].map(
        ([, quoted, plain]) => quoted ?? plain ?? '',
      )
      const found = await resolveCommand(rootCommand, words.slice(1))
      assert.deepEqual(found.path, node.path, example)
      const args = await optionsOf(found)
      await checkArguments({ ...found, command: { ...found.command, args } })
    }
  }
})

test('help of every command is one screen with its examples, and the first names all', async () => {
  const root = await helpFor({ path: [], command: rootCommand, groups: [], rest: [] })
  for (const node of all.filter(({ path }) => path.length === 1))
    assert.match(root, new RegExp(`\\b${nameOf(node)}\\b`), nameOf(node))
  for (const { path, command } of commands) {
    const text = await helpFor({ path, command, groups: [], rest: [] })
    assert.ok(text.split('\n').length <= 40, `${path.join(' ')} is more than a screen`)
    assert.match(text, /\nFor example:\n {2}.*plinth /)
  }
})
