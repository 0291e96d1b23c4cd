import type { QueryResult } from 'pg'
import type { Statement } from '../db.ts'
import { rowValues } from '../row-values.ts'
import type { AnyRows, Wire } from './wire.ts'

/** Texts that get a name; later ones run unnamed. pg never gives a name up. */
const LIMIT = 256

/**
 * The way that needs nothing but pg's public face: BEGIN and the statements in its pipeline mode,
 * then COMMIT or ROLLBACK once all have answered. Two round trips.
 */
export function plain(prepared: boolean): Wire {
  const names = new Map<string, string>()
  const named = ({ text, values }: Statement) => ({
    text,
    values: [...(values ?? [])],
    types: rowValues,
    ...(prepared && nameOf(names, text)),
  })
  const inside: Wire['inside'] = async (client, statements) => {
    const sent = statements.map((statement) => client.query(named(statement)))
    return answers(await Promise.allSettled(sent))
  }
  return {
    name: 'plain',
    extra: { trips: 1, statements: 2 },
    pipeline: true,
    inside,
    async unit(client, statements) {
      try {
        const [, ...results] = await inside(client, [{ text: 'begin' }, ...statements])
        await client.query('commit')
        return results
      } catch (error) {
        await client.query('rollback').catch(() => undefined)
        throw error
      }
    },
  }
}

function nameOf(names: Map<string, string>, text: string): { name: string } | undefined {
  const known = names.get(text)
  if (known !== undefined) return { name: known }
  if (names.size >= LIMIT) return undefined
  const name = `plinth_plain_${names.size}`
  names.set(text, name)
  return { name }
}

/** The first refusal is the reason; those after it only say that the transaction is over. */
function answers(
  settled: readonly PromiseSettledResult<QueryResult<Record<string, unknown>>>[],
): readonly AnyRows[] {
  return settled.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason
    const { command, rows, rowCount } = answer.value
    return { command, rows, rowCount: rowCount ?? 0 }
  })
}
