/**
 * Commands that say themselves what they wait for, put questions, or go on until they are stopped. Of every
 * other one the tool says that it still works, once it takes more than a second.
 */
export const SPEAKING: ReadonlySet<string> = new Set([
  'new',
  'dev',
  'dev start-env',
  'dev start-server',
  'dev logs',
  'dev stop',
  'init-db',
  'db revision',
  'db check',
  'people import',
  'people export',
  'people erase',
  'entity add',
  'entity ls',
  'entity rm',
  'entity field add',
  'entity field rename',
  'entity field rm',
  'entity expand',
  'sync',
  'check',
  'attack',
  'why',
  'doctor',
  'update',
])

/** Whether a command, by its path, tells of its own progress. */
export function speaksItself(path: readonly string[]): boolean {
  return SPEAKING.has(path.join(' '))
}
