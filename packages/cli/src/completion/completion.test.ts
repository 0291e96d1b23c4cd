import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { commandTree } from '../command-tree.ts'
import { rootCommand } from '../root.command.ts'
import type { Shell } from './scripts.ts'
import { scriptFor } from './scripts.ts'
import { choicesOf } from './words.ts'

let folder: string
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-completion-'))
  const choices = choicesOf(await commandTree(rootCommand))
  for (const shell of ['bash', 'zsh', 'fish'] as const)
    writeFileSync(join(folder, shell), `${scriptFor[shell](choices)}\n`)
})
after(() => rmSync(folder, { recursive: true, force: true }))

/** How each shell, without anybody's own settings, is asked what may follow; one process asks it all. */
const LOAD: Readonly<Record<Shell, string>> = {
  bash: 'source SCRIPT; complete -p plinth >&2',
  zsh: 'autoload -Uz compinit; compinit -D -u; source SCRIPT; [[ $_comps[plinth] == _plinth ]] || exit 3',
  fish: 'source SCRIPT',
}
const ASK: Readonly<Record<Shell, (words: readonly string[]) => string>> = {
  bash: (words) =>
    `COMP_WORDS=(plinth ${quoted(words)}) COMP_CWORD=${words.length}; _plinth; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (words) =>
    `_plinth_words ${quoted(words)}; print -l -- \${\${(M)reply:#${words.at(-1)}*}%%:*}`,
  fish: (words) => `complete -C 'plinth ${words.join(' ')}'`,
}
const QUIET: Readonly<Record<Shell, string>> = { bash: '--norc', zsh: '-f', fish: '-N' }

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' ')
}

function isInstalled(shell: Shell): boolean {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The words that are offered for each case. */
function offeredBy(shell: Shell): Promise<readonly (readonly string[])[]> {
  const asked = cases.map(([words]) => `echo '=='; ${ASK[shell](words)}`)
  const script = [LOAD[shell].replace('SCRIPT', join(folder, shell)), ...asked].join('\n')
  return new Promise((resolve, reject) => {
    execFile(shell, [QUIET[shell], '-c', script], (error, out, err) => {
      if (error !== null && out === '') reject(new Error(err))
      const answers = `\n${out}`.split('\n==\n').slice(1)
      resolve(answers.map((text) => text.split('\n').map((line) => line.split('\t')[0] ?? '')))
    })
  })
}

const cases: readonly (readonly [
  words: readonly string[],
  includes: readonly string[],
  not: string,
])[] = [
  [[''], ['new', 'dev', 'check', 'attack', 'why', 'completion'], 'supervise'],
  [['att'], ['attack'], 'why'],
  [['dev', ''], ['start-env', 'status'], 'attack'],
  [['db', 're'], ['revision', 'reset'], 'upgrade'],
  [['attack', '--'], ['--json', '--only', '--help'], '--dry-run'],
  [['sync', '--ch'], ['--check'], '--json'],
  [['new', '--no'], ['--no-install'], '--yes'],
]

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  const skip = isInstalled(shell) ? false : `${shell} is not installed`
  test(`${shell} loads its completion and completes commands and options`, { skip }, async () => {
    const offered = await offeredBy(shell)
    for (const [at, [words, includes, not]] of cases.entries()) {
      const found = offered[at] ?? []
      for (const word of includes) assert.ok(found.includes(word), `${words.join(' ')}: ${found}`)
      assert.ok(!found.includes(not), `${words.join(' ')} offers ${not}`)
    }
  })
}
