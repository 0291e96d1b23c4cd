import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CliError } from '../cli-error.ts'
import { moduleOutline } from '../sync/feature-modules.ts'
import type { DevFolder } from './dev-folder.ts'
import { quiet, say } from './terminal.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/plinth.js', import.meta.url))
const LONGEST_MS = 60_000

/**
 * `plinth sync`, when modules or their exports came or went since it last ran here. In a process of
 * its own: this one would keep every module as it was first imported.
 * @throws CliError with what `plinth sync` says
 */
export async function syncBeforeStart({ service, home }: DevFolder): Promise<void> {
  const outline = await moduleOutline(service)
  const registry = join(service, 'src', 'generated', 'registry.ts')
  if (outline === '' && textOf(registry) === undefined) return
  const known = join(home, 'sync.json')
  if (textOf(known) === fingerprint(outline, textOf(registry))) return
  const { written } = await runSync(service)
  mkdirSync(home, { recursive: true })
  writeFileSync(known, fingerprint(outline, textOf(registry)))
  for (const file of written) say(quiet(`wrote ${file}`))
}

/** Of what the registry follows from, of the registry itself, and of the program that wrote it. */
function fingerprint(outline: string, registry: string | undefined): string {
  const version = textOf(createRequire(import.meta.url).resolve('plinth/package.json'))
  const all = JSON.stringify([version, outline, registry])
  return createHash('sha256').update(all).digest('base64url')
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function runSync(service: string): Promise<{ written: readonly string[] }> {
  const child = spawn(process.execPath, [PROGRAM, 'sync', '--keep-breaking', '--json'], {
    cwd: service,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
  })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  if (code === 0) return JSON.parse(said.out)
  const silent = 'plinth sync did not finish; run it by itself to see where it stops.'
  throw new CliError(said.err.trim() || silent)
}
