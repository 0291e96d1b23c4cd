import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkArguments, resolveCommand } from '../../packages/cli/src/resolve-command.ts'
import { rootCommand } from '../../packages/cli/src/root.command.ts'
import { read, repositoryFiles } from '../gates/source/files.ts'

const PAGES = repositoryFiles().filter((file) =>
  /^(README|SECURITY|CONTRIBUTING|CHANGELOG)\.md$|^docs\/(?!errors).*\.md$/.test(file),
)

test('every command that a document names is there, with these options', async () => {
  const wrong: string[] = []
  for (const page of PAGES) {
    const named = read(page).matchAll(
      /(?:`|^|\$\()(?:npx )?plinth ((?:[^`\n#|)\\"…]|"[^"\n]*")+)/gm,
    )
    for (const [, command = ''] of named) {
      const filled = command.replaceAll(/[[\]]/g, '').replaceAll(/<[^>]*>/g, 'x')
      const words: readonly string[] = filled.trim().match(/"[^"]*"|\S+/g) ?? []
      if (!/^[a-z-]+$/.test(words[0] ?? '') || words.includes('--help')) continue
      const fault = await faultOf(words)
      if (fault !== undefined) wrong.push(`${page}: plinth ${command.trim()}: ${fault}`)
    }
  }
  assert.deepEqual(wrong, [])
})

async function faultOf(words: readonly string[]): Promise<string | undefined> {
  try {
    const found = await resolveCommand(rootCommand, words)
    if (found.path.length === 0) return 'no such command'
    await checkArguments(found)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
