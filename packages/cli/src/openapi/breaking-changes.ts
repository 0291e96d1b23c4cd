import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { ApiChange } from './api-change.ts'
import { changeLine } from './api-change.ts'
import { compareDocuments } from './compare-documents.ts'
import { asObject } from './document.ts'

/** Where a service keeps the API that its callers know, from its root. */
export const OPENAPI_FILE = 'src/generated/openapi.json'

/**
 * What a new OpenAPI document changes against the one that is committed in a service; nothing where
 * none is committed yet. It is read, never written.
 * @param service root of the service
 * @param current the new document as text
 * @throws CliError (exit code 2) when the committed one cannot be read
 */
export function changesOfApi(service: string, current: string): readonly ApiChange[] {
  const file = join(service, OPENAPI_FILE)
  if (!existsSync(file)) return []
  const committed = readFileSync(file, 'utf8')
  return committed === current ? [] : compareDocuments(read(committed), parsed(current))
}

/** What happens to a document that breaks callers: it stops the command, is taken, or is left out. */
export type OnBreaking = 'refuse' | 'accept' | 'keep'

/**
 * Whether a new OpenAPI document may replace the committed one.
 * @param changes what it changes
 * @throws CliError naming every breaking change, unless they are accepted or the old document is kept
 */
export function mayReplace(changes: readonly ApiChange[], onBreaking: OnBreaking): boolean {
  if (onBreaking === 'accept') return true
  const breaking = changes.filter(({ weight }) => weight === 'breaking')
  if (breaking.length === 0) return true
  if (onBreaking === 'keep') return false
  const lines = breaking.map(changeLine).join('\n')
  throw new CliError(
    `${lines}\nCallers of this API would break; keep what they use, or accept it with \`plinth sync --accept-breaking\`.`,
  )
}

/** @throws CliError (exit code 2) for a file that is no JSON, as an open merge leaves it */
function read(committed: string) {
  try {
    return parsed(committed)
  } catch (cause) {
    throw new CliError(
      `${OPENAPI_FILE} is no JSON, perhaps because a merge left its marks in it; take either side of it (git checkout --ours ${OPENAPI_FILE}), and try again.`,
      2,
      cause,
    )
  }
}

function parsed(text: string) {
  const json: unknown = JSON.parse(text)
  return asObject(json)
}
