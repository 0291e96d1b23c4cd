import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../template/manifest.ts'

/** What a service took over, and from what: `.plinth/ejected.json`, committed. */
export interface EjectedFeature {
  /** Version of Plinth that the copy was made of, or last compared with. */
  readonly plinth: string
  /** SHA-256 of the platform's text, by file. */
  readonly files: Readonly<Record<string, string>>
}

const RECORD = join('.plinth', 'ejected.json')

/** Features that the service took over, by name. */
export async function readEjected(
  service: string,
): Promise<Readonly<Record<string, EjectedFeature>>> {
  const text = await readFile(join(service, RECORD), 'utf8').catch(() => '{}')
  return JSON.parse(text)
}

/** Writes down that a feature was taken over, or compared, as the platform has it now. */
export async function recordEjected(
  service: string,
  name: string,
  now: EjectedFeature,
): Promise<void> {
  const all = { ...(await readEjected(service)), [name]: now }
  await mkdir(join(service, '.plinth'), { recursive: true })
  await writeFile(join(service, RECORD), `${JSON.stringify(all, null, 2)}\n`)
}

/** A feature's record for the source that it has now. */
export function recordOf(plinth: string, source: ReadonlyMap<string, string>): EjectedFeature {
  return {
    plinth,
    files: Object.fromEntries([...source].map(([file, text]) => [file, sha256(text)])),
  }
}

/** Files that are other ones, new or gone in the platform since. */
export function changedSince(
  { files }: EjectedFeature,
  source: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...Object.keys(files), ...source.keys()])
  return [...names]
    .filter((name) => {
      const text = source.get(name)
      return text === undefined || files[name] !== sha256(text)
    })
    .sort()
}
