import type { DumpedRows } from './dump-rows.ts'

/** What a person should know of a dump, each as one sentence. */
export function remarksOn({ elsewhere, unlisted: { ids, unseen } }: DumpedRows): readonly string[] {
  return [
    ...(elsewhere.length === 0
      ? []
      : [
          `Rows of ${elsewhere.join(', ')} are not in it: only those of the schemas plinth and app are; use pg_dump for them.`,
        ]),
    ...(ids.length === 0
      ? []
      : [
          `Rows of ${counted(ids.length)} that plinth.tenants does not name are in it too: ${shown(ids)}.`,
        ]),
    ...(unseen.length === 0
      ? []
      : [
          `Whether ${unseen.join(', ')} ${unseen.length === 1 ? 'has' : 'have'} rows of tenants that plinth.tenants does not name could not be seen; such rows are not in it, and pg_dump by a superuser has them.`,
        ]),
  ]
}

const MOST_SHOWN = 3

function counted(count: number): string {
  return count === 1 ? 'one tenant' : `${count} tenants`
}

function shown(ids: readonly string[]): string {
  const more = ids.length - MOST_SHOWN
  return `${ids.slice(0, MOST_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
