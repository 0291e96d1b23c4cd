import { auditTables } from '../audit/index.ts'
import type { PlatformTable } from '../data/index.ts'
import { historyTables } from '../data/index.ts'
import { httpTables } from '../http/index.ts'
import { identityTables } from '../identity/index.ts'
import { tenancyTables } from '../tenancy/index.ts'

/** Every table of schema `plinth`, declared by the room that owns it. */
export const platformTables: readonly PlatformTable[] = [
  ...historyTables,
  ...tenancyTables,
  ...auditTables,
  ...identityTables,
  ...httpTables,
]
