import type { FastifyRequest } from 'fastify'
import type { TenantName } from '../tenant-name.ts'
import { tenantName } from '../tenant-name.ts'
import type { TenantStrategy } from './tenant-strategy.ts'

/**
 * Every name that a request gives its tenant, each once.
 * @throws AppError of the strategy whose value is no name of a tenant
 */
export function namesOfRequest(
  strategies: readonly TenantStrategy[],
  request: FastifyRequest,
): readonly TenantName[] {
  const names: TenantName[] = []
  for (const strategy of strategies) {
    const said = strategy.find(request)
    if (said === undefined) continue
    const name = tenantName(said)
    if (name === undefined) throw strategy.malformed(`by ${strategy.name}`)
    if (names.every(({ text }) => text !== name.text)) names.push(name)
  }
  return names
}
