import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiChange } from './api-change.ts'
import { compareDocuments } from './compare-documents.ts'
import { asObject } from './document.ts'

/** Where a service keeps the API that its callers know, from its root. */
export const OPENAPI_FILE = join('src', 'generated', 'openapi.json')

/**
 * What a new OpenAPI document changes against the one that is committed in a service; nothing where
 * none is committed yet. It is read, never written.
 * @param service root of the service
 * @param current the new document as text
 */
export function changesOfApi(service: string, current: string): readonly ApiChange[] {
  const file = join(service, OPENAPI_FILE)
  if (!existsSync(file)) return []
  return compareDocuments(parsed(readFileSync(file, 'utf8')), parsed(current))
}

/** Only those that stop callers; empty when the document may replace the committed one. */
export function breakingChanges(service: string, current: string): readonly ApiChange[] {
  return changesOfApi(service, current).filter(({ weight }) => weight === 'breaking')
}

function parsed(text: string) {
  const json: unknown = JSON.parse(text)
  return asObject(json)
}
