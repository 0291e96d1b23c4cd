import { readFile } from 'node:fs/promises'
import type { Answers } from '../template/answers.ts'
import { renderTemplate } from '../template/render-template.ts'
import type { Codemod, Move } from './codemods/index.ts'

/** What a service is updated to. */
export interface Release {
  readonly version: string
  /** Every file that a new service with these answers would get. */
  readonly files: ReadonlyMap<string, string>
  readonly answers: Answers
  readonly codemods: readonly Codemod[]
  readonly moves: readonly Move[]
}

/** The release that this command line belongs to, for a service with these answers. */
export async function installedRelease(answers: Answers): Promise<Release> {
  const { codemods, MOVES } = await import('./codemods/index.ts')
  const [version, files] = await Promise.all([installedVersion(), renderTemplate(answers)])
  return { version, files, answers, codemods: codemods(), moves: MOVES }
}

/** Version of this command line, which is that of the template that it brings. */
export async function installedVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  const { version }: { version?: unknown } = JSON.parse(text)
  return String(version)
}
