import { glob } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** One error code of the runtime, as a caller meets it. */
export interface CataloguedProblem {
  readonly code: string
  readonly status: number
  readonly message: string
  /** The exported object and key that declare it: `httpProblems.notFound`. */
  readonly name: string
}

const RUNTIME = path.resolve(import.meta.dirname, '../../packages/plinth/src')

/** Every problem that a room of the runtime exports, sorted by code. */
export async function problemCatalogue(): Promise<CataloguedProblem[]> {
  const found: CataloguedProblem[] = []
  for await (const file of glob('**/*.errors.ts', { cwd: RUNTIME })) {
    const exported = Object.entries(await import(pathToFileURL(path.join(RUNTIME, file)).href))
    for (const [name, problems] of exported) {
      if (!name.endsWith('Problems')) continue
      for (const [key, problem] of Object.entries(problems as object)) {
        found.push({ ...described(problem), name: `${name}.${key}` })
      }
    }
  }
  return found.sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** docs/errors.md. */
export async function errorsDocument(): Promise<string> {
  const rows = (await problemCatalogue()).map(
    ({ code, status, message }) =>
      `| \`${code}\` | ${status} | ${message.replaceAll('|', '\\|')} |`,
  )
  return `${HEAD}${rows.join('\n')}\n`
}

const HEAD = `# Errors

Every error answer is \`application/problem+json\` with the same few fields. \`code\` is stable: programs may compare it.
The sentence is for people and never contains input. What went wrong inside is in the log, under the request id that the
answer carries.

A service adds its own with \`problem('area.what', status, 'One sentence.')\`.

This page is generated from the code: \`npm run gen\`.

| code | status | sentence |
|---|---|---|
`

function described(problem: unknown): Omit<CataloguedProblem, 'name'> {
  const { code, status, message } = problem as Partial<CataloguedProblem>
  if (code === undefined || status === undefined || message === undefined) {
    throw new TypeError('a *Problems object holds something that problem() did not make')
  }
  return { code, status, message }
}
