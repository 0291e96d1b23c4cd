import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkArguments, resolveCommand } from '../resolve-command.ts'
import { rootCommand } from '../root.command.ts'
import { ownershipOf } from './ownership.ts'
import { templateFiles } from './template-files.ts'

const NAMED =
  /(?:npx plinth|npx (?:--yes )?@plinth\/cli@latest|": "plinth) ([^`\n#|&"]+(?:"[^"\n]+")?)/g

test('every command that a new service is told of is there, with these options', async () => {
  const files = [...(await templateFiles())].filter(([path]) => ownershipOf(path) === 'shared')
  const named = new Set<string>()
  for (const [, text] of files)
    for (const [, command = ''] of text.matchAll(NAMED)) named.add(command.trim())
  assert.ok(named.size > 12)
  for (const command of named) {
    const words: readonly string[] = command.match(/"[^"]*"|\S+/g) ?? []
    const found = await resolveCommand(rootCommand, words)
    if (words.includes('--help')) continue
    assert.notEqual(found.path.length, 0, command)
    await checkArguments(found)
  }
})
