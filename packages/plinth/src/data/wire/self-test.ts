import type { PoolClient } from 'pg'
import { newId } from '../../kernel/index.ts'
import type { Statement } from '../db.ts'
import type { Wire } from './wire.ts'

const ENTER = "select set_config('plinth.tenant_id', $1, true)"
const WHO = "select coalesce(current_setting('plinth.tenant_id', true), '') as tenant"
/** The server logs this error: its text says what it is. */
const FAILING: Statement = {
  text: 'select $1::text::int',
  values: ['a self-test of plinth: this error is expected'],
}

/**
 * Proves on a live connection that a way of talking keeps two tenants apart: a tenant is seen inside
 * its unit and nowhere after, also when a statement in the middle fails.
 * @throws Error that says what was seen; the way must not be used
 */
export async function proveIsolation(wire: Wire, client: PoolClient): Promise<void> {
  const [first, second] = [newId<'tenant'>(), newId<'tenant'>()]
  for (const tenant of [first, second, first]) {
    await expectTenant(wire, client, [{ text: ENTER, values: [tenant] }, { text: WHO }], tenant)
    await expectTenant(wire, client, [{ text: WHO }], '')
  }
  await expectFailure(wire, client, second)
  await expectTenant(wire, client, [{ text: WHO }], '')
}

async function expectTenant(
  wire: Wire,
  client: PoolClient,
  statements: readonly Statement[],
  expected: string,
): Promise<void> {
  const seen = (await wire.unit(client, statements)).at(-1)?.rows[0]?.['tenant']
  if (seen !== expected) {
    throw new Error(`the ${wire.name} way showed tenant "${String(seen)}" instead of "${expected}"`)
  }
}

async function expectFailure(wire: Wire, client: PoolClient, tenant: string): Promise<void> {
  const failing = [{ text: ENTER, values: [tenant] }, FAILING]
  const failed = await wire.unit(client, [...failing, { text: WHO }]).then(
    () => false,
    () => true,
  )
  if (!failed) throw new Error(`the ${wire.name} way lost an error`)
}
