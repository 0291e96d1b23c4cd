import type { z } from 'zod'
import type { SettingNames } from './setting-names.ts'
import { schemaAt } from './shape.ts'

/**
 * Where the table of names and a schema disagree, one sentence each: a name that sets no key of the
 * schema must say what happens instead, and a name that sets one must not.
 */
export function namesFaults(schema: z.core.$ZodType, names: SettingNames): readonly string[] {
  const variables = names.variables.flatMap(({ name, key, later }) => {
    const isRead = key !== undefined && schemaAt(schema, key) !== undefined
    if (!isRead && later === undefined) return [`${name} sets ${key}, which is no setting`]
    if (isRead && later !== undefined) return [`${name} sets ${key}, but the table says: ${later}`]
    return []
  })
  const blocks = names.laterKeys
    .filter(({ key }) => schemaAt(schema, key) !== undefined)
    .map(({ key }) => `${key} is a setting, but the table lists it as unread`)
  return [...variables, ...blocks]
}
