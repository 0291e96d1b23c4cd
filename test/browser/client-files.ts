import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'

const FOLDER = path.join(import.meta.dirname, '../../clients/typescript/src')

/** Where a page finds the TypeScript client. */
export const CLIENT = '/client/index.ts'

/** The files of the TypeScript client as a browser runs them: URL → JavaScript. */
export function clientFiles(): ReadonlyMap<string, string> {
  const names = readdirSync(FOLDER).filter((name) => !name.endsWith('.test.ts'))
  return new Map(
    names.map((name) => {
      const source = readFileSync(path.join(FOLDER, name), 'utf8')
      return [`/client/${name}`, stripTypeScriptTypes(source)]
    }),
  )
}
