import type { ArgsDef } from 'citty'

/** What every command that changes a field takes beside the field. */
export const changeArgs = {
  migration: {
    type: 'boolean',
    default: true,
    description: 'Write the migration',
    negativeDescription: 'Write no migration',
  },
  'dry-run': { type: 'boolean', description: 'Only say what would change' },
  json: { type: 'boolean', description: 'Print JSON' },
} as const satisfies ArgsDef
