import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** How writing the generated files ended. */
export interface Regenerated {
  readonly ok: boolean
  /** Why not, as a sentence. */
  readonly said: string
}

/**
 * Writes the generated files anew with the command line that is installed in the service: the files
 * must fit the version of Plinth that the service runs on.
 */
export function regenerate(folder: string): Promise<Regenerated> {
  const program = join(folder, 'node_modules', '@plinth', 'cli', 'bin', 'plinth.js')
  if (!existsSync(program))
    return Promise.resolve({ ok: false, said: 'The packages are not installed.' })
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'sync'], { cwd: folder }, (error, out, err) => {
      const said = (err || out).trim().split('\n').at(-1) ?? ''
      resolve({ ok: error === null, said })
    })
  })
}
