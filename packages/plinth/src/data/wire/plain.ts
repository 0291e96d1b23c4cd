import type { QueryResult } from 'pg'
import type { Statement } from '../db.ts'
import { rowValues } from '../row-values.ts'
import { isStalePlan } from '../sql-fault.ts'
import type { AnyRows, Wire } from './wire.ts'

/** Texts that get a name; later ones run unnamed. pg never gives a name up. */
const LIMIT = 256

/**
 * The way that needs nothing but pg's public face: BEGIN and the statements in its pipeline mode,
 * then COMMIT or ROLLBACK once all have answered. Two round trips.
 */
export function plain(prepared: boolean): Wire {
  const names = new PlainNames()
  const named = ({ text, values }: Statement) => ({
    text,
    values: [...(values ?? [])],
    types: rowValues,
    ...(prepared && names.of(text)),
  })
  const inside: Wire['inside'] = async (client, statements) => {
    const sent = statements.map((statement) => client.query(named(statement)))
    try {
      return answers(await Promise.allSettled(sent))
    } catch (error) {
      if (isStalePlan(error)) names.renew()
      throw error
    }
  }
  const once: Wire['unit'] = async (client, statements) => {
    try {
      const [, ...results] = await inside(client, [{ text: 'begin' }, ...statements])
      await client.query('commit')
      return results
    } catch (error) {
      await client.query('rollback').catch(() => undefined)
      throw error
    }
  }
  return {
    name: 'plain',
    extra: { trips: 1, statements: 2 },
    pipeline: true,
    inside,
    async unit(client, statements) {
      try {
        return await once(client, statements)
      } catch (error) {
        if (!isStalePlan(error)) throw error
        return once(client, statements)
      }
    },
  }
}

/** Names of texts, the same on every connection; no name is used twice. */
class PlainNames {
  readonly #names = new Map<string, string>()
  #made = 0

  of(text: string): { name: string } | undefined {
    const known = this.#names.get(text)
    if (known !== undefined) return { name: known }
    if (this.#names.size >= LIMIT) return undefined
    this.#made += 1
    const name = `plinth_plain_${this.#made}`
    this.#names.set(text, name)
    return { name }
  }

  /** Gives up all names, after the server said that one of them is no longer what it was. */
  renew(): void {
    this.#names.clear()
  }
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
