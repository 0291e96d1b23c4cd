import { dataProblems } from '../../data/index.ts'
import { AppError } from '../../kernel/index.ts'
import { peopleProblems } from './people.errors.ts'

/**
 * Runs a change of members. The database itself keeps one administrator in every tenant and says so
 * when the transaction ends; here that becomes a sentence.
 * @throws AppError people.last_administrator
 */
export async function refusingLast<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isLast(error) ? peopleProblems.lastAdministrator({ cause: error }) : error
  }
}

function isLast(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== dataProblems.rule.code) return false
  const { cause } = error
  return (
    cause instanceof Error &&
    'constraint' in cause &&
    cause.constraint === 'memberships_administered'
  )
}
