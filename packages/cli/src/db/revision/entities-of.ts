import { findFeatures } from '../../sync/find-features.ts'
import type { Declared } from './declared-sql.ts'

/** Every entity of the features of a service. */
export async function entitiesOf(service: string): Promise<readonly Declared[]> {
  const found = await findFeatures(service)
  const entities = found.flatMap(({ feature }) => feature.entities ?? [])
  return [...new Set(entities)]
}
