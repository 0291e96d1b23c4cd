import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** How writing the generated files ended. */
export interface Regenerated {
  readonly ok: boolean
  /** Why not, as a sentence; `''` when it went well. */
  readonly said: string
  /** What the new version changes for callers of the API: openapi.json waits for the owner's word. */
  readonly breaking: readonly string[]
}

/**
 * Writes the generated files anew with the command line that is installed in the service: the files
 * must fit the version of Plinth that the service runs on.
 */
export async function regenerate(folder: string): Promise<Regenerated> {
  const program = join(folder, 'node_modules', '@plinth', 'cli', 'bin', 'plinth.js')
  if (!existsSync(program))
    return { ok: false, said: 'the packages are not installed', breaking: [] }
  const plain = await sync(folder, [program, 'sync'])
  const breaking = plain.said.split('\n').filter((line) => line.startsWith('breaking '))
  if (plain.ok || breaking.length === 0) return { ...plain, said: lastLine(plain), breaking: [] }
  const kept = await sync(folder, [program, 'sync', '--keep-breaking'])
  return { ...kept, said: lastLine(kept), breaking }
}

interface Ended {
  readonly ok: boolean
  readonly said: string
}

function sync(folder: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (error, out, err) =>
      resolve({ ok: error === null, said: error === null ? '' : (err || out).trim() }),
    )
  })
}

function lastLine({ said }: Ended): string {
  return said.split('\n').at(-1) ?? ''
}
