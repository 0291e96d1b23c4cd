import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkArguments, resolveCommand } from '../../packages/cli/src/resolve-command.ts'
import { rootCommand } from '../../packages/cli/src/root.command.ts'
import { read, repositoryFiles } from '../gates/source/files.ts'

const PAGES = repositoryFiles().filter((file) =>
  /^(README|SECURITY|CONTRIBUTING|CHANGELOG)\.md$|^docs\/(?!errors).*\.md$/.test(file),
)

/** The commands of a page: in its prose, and in its blocks. */
function commandsOf(page: string): readonly string[] {
  const text = read(page).replace(/\\\n\s*/g, ' ')
  const [prose, blocks] = [
    text.replace(/^```[\s\S]*?^```$/gm, ''),
    [...text.matchAll(/^```[\s\S]*?^```$/gm)].join('\n'),
  ]
  return [
    ...prose.matchAll(/`(?:npx )?plinth ([^`]+)`/g),
    ...blocks.matchAll(/(?:^|\$\()(?:npx )?plinth ([^\n#|)]+)/gm),
  ].map(([, command = '']) => command.replace(/\s+/g, ' ').trim())
}

/** Its words, with something in each place that is left open. */
const wordsOf = (command: string): readonly string[] =>
  command
    .replaceAll(/[[\]…]/g, '')
    .replaceAll(/<[^>]*>/g, 'x')
    .match(/"[^"]*"|'[^']*'|\S+/g) ?? []

test('every command that a document names is there, with these options', async () => {
  const wrong: string[] = []
  let seen = 0
  for (const page of PAGES) {
    for (const command of commandsOf(page)) {
      const words = wordsOf(command)
      if (!/^[a-z-]+$/.test(words[0] ?? '') || words.includes('--help')) continue
      seen += 1
      const fault = await faultOf(words)
      if (fault !== undefined) wrong.push(`${page}: plinth ${command}: ${fault}`)
    }
  }
  assert.deepEqual(wrong, [])
  assert.ok(seen > 100, `${seen} commands`)
})

async function faultOf(words: readonly string[]): Promise<string | undefined> {
  try {
    const found = await resolveCommand(rootCommand, words)
    if (found.path.length === 0) return 'no such command'
    // A command by its name alone is spoken of, not called.
    if (found.rest.length > 0) await checkArguments(found)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
