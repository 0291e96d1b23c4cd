/** A service as texts by path. */
export type Files = Map<string, string>

/** Something that the owner of a service does to it. */
export interface Edit {
  /** What a person would say that they did. */
  readonly name: string
  /** The row of the table that it counts in. */
  readonly kind: EditKind
  /** Changes the service; where there is nothing to change in it, it stays as it is. */
  readonly make: (files: Files) => void
}

/** The rows of the table. */
export const EDIT_KINDS = [
  'own code',
  'own routes and pages',
  'files moved or removed',
  'config.yaml',
  'package.json',
  'tsconfig.json',
  '.env.example and other lists',
  'README and other documents',
  'containers and infrastructure',
  'workflows',
  'line endings and layout',
] as const
/** One of them. */
export type EditKind = (typeof EDIT_KINDS)[number]

/** Edits of one kind, by name. */
export function edits(
  kind: EditKind,
  named: Readonly<Record<string, Edit['make']>>,
): readonly Edit[] {
  return Object.entries(named).map(([name, make]) => ({ name, kind, make }))
}

/** Changes one text, if it is there. */
export function rewrite(files: Files, path: string, change: (text: string) => string): void {
  const text = files.get(path)
  if (text !== undefined) files.set(path, change(text))
}

/** Changes the value of a JSON file, if it is there, laid out by two spaces. */
export function rewriteJson(
  files: Files,
  path: string,
  change: (value: Record<string, Record<string, unknown>>) => unknown,
): void {
  rewrite(files, path, (text) => `${JSON.stringify(change(JSON.parse(text)), null, 2)}\n`)
}

/** Moves every file below a folder. */
export function moveFolder(files: Files, from: string, to: string): void {
  for (const [path, text] of [...files])
    if (path.startsWith(`${from}/`)) {
      files.delete(path)
      files.set(`${to}${path.slice(from.length)}`, text)
    }
}
