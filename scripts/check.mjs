// Types, everywhere: the workspace in one pass, each package by its own settings, and the template by the settings
// that a generated service has, against the packages' sources.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const FROM_SOURCES = ['--customConditions', 'plinth-source']

const projects = [
  ['the workspace', ['-p', '.']],
  ['packages/plinth', ['-p', 'packages/plinth']],
  ['packages/cli', ['-p', 'packages/cli']],
  ['clients/typescript', ['-p', 'clients/typescript', ...FROM_SOURCES]],
  ['template', ['-p', 'template', '--noEmit', ...FROM_SOURCES]],
]

let failed = 0
for (const [name, args] of projects) {
  const folder = args[1]
  if (!existsSync(`${folder}/tsconfig.json`) || !hasSources(folder)) continue
  const { status } = spawnSync('tsc', args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  console.log(`${status === 0 ? '✓' : '✗'} types: ${name}`)
  failed += status === 0 ? 0 : 1
}
process.exitCode = failed === 0 ? 0 : 1

/** A package whose source folder does not exist has nothing to check. */
function hasSources(folder) {
  return folder === '.' || existsSync(`${folder}/src`)
}
