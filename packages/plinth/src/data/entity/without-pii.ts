import { PERSONAL } from '../../kernel/index.ts'
import type { Declaration } from './declaration.ts'

/**
 * What a log line, an event or an export may carry of a row: every field declared as `pii` shows
 * only that it had a value.
 * @param row a row, or the part of one that a change names
 */
export function withoutPii(
  { declaration: { pii } }: { readonly declaration: Pick<Declaration, 'pii'> },
  row: object,
): Record<string, unknown> {
  const shown: Record<string, unknown> = { ...row }
  for (const name of pii) {
    if (shown[name] !== null && shown[name] !== undefined) shown[name] = PERSONAL
  }
  return shown
}
