import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The repository's root folder. */
export const ROOT = path.resolve(import.meta.dirname, '../../..')

/** Every file that is tracked, or new and not ignored: what the next commit may contain. */
export function repositoryFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return [...new Set(listed.split('\n'))]
    .filter((file) => file !== '' && existsSync(path.join(ROOT, file)))
    .sort()
}

/** The text of a repository file. */
export const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')

/** TypeScript that people write here: packages, template, tests, scripts. */
export const sources = (): string[] =>
  repositoryFiles().filter((file) => /\.ts$/.test(file) && !/(^|\/)generated\//.test(file))

/** The runtime's own source, without its tests. */
export const runtimeSources = (): string[] =>
  sources().filter((file) => file.startsWith('packages/plinth/src/') && !isTest(file))

/** Tests, and the fixtures that several tests of a room share. Neither is published. */
export const isTest = (file: string): boolean => /\.(test|fixture)\.ts$/.test(file)

/** Line number, counted from 1, of a position in a text. */
export const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length
