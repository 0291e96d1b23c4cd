import type { Tx } from '../../data/index.ts'
import { requireGrantable } from '../../tenancy/index.ts'
import type { KeysDeps } from './keys-deps.ts'

/** @throws AppError permission.unknown, naming each scope that no permission stands behind */
export async function requireKnownScopes(
  { catalogue }: Pick<KeysDeps, 'catalogue'>,
  tx: Tx,
  grants: readonly string[],
): Promise<void> {
  if (catalogue === undefined) return
  await requireGrantable(tx, { catalogue }, { grants, path: 'body/scopes' })
}
