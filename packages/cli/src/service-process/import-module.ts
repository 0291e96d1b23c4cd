import { realpathSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { CliError } from '../cli-error.ts'

/**
 * Imports a module of a service.
 * @param file from the root of the service, with forward slashes
 * @throws CliError naming the line that is to blame, and what to do
 */
export async function importModule(service: string, file: string): Promise<object> {
  const root = realpathSync(service)
  try {
    return await import(pathToFileURL(join(root, file)).href)
  } catch (cause) {
    throw new CliError(importFault(root, file, cause), 1, cause)
  }
}

/** Why a module of a service must do nothing when it is imported, as a sentence. */
export const IMPORT_RULE =
  'Modules of a service must import without side effects: do the work in a function, or in src/main.ts.'

function importFault(root: string, file: string, cause: unknown): string {
  const [first = ''] = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n')
  const blamed = (cause instanceof Error ? placeOf(root, cause) : undefined) ?? file
  const said = first.replace(/ imported from .*$/, '').replaceAll(`${root}${sep}`, '')
  const sentence = /[.!?]$/.test(said) ? said : `${said}.`
  return `${blamed} cannot be imported: ${sentence} ${nextStep(cause, said)}`
}

function nextStep(cause: unknown, said: string): string {
  const code: unknown = Reflect.get(Object(cause), 'code')
  if (code === 'ERR_INVALID_PACKAGE_CONFIG') return 'Mend its JSON.'
  if (said.startsWith('Cannot find package')) return 'Install the packages: `npm install`.'
  if (code === 'ERR_MODULE_NOT_FOUND') return 'Correct the import, or bring that file back.'
  return cause instanceof SyntaxError ? 'Mend that line.' : IMPORT_RULE
}

/** The innermost line of the service's own that an error speaks of: `src/jobs/mail.ts:12`. */
function placeOf(root: string, { message, stack = '' }: Error): string | undefined {
  const [, importer] = / imported from (\S+)/.exec(message.split('\n')[0] ?? '') ?? []
  if (importer !== undefined) return within(root, importer)
  for (const line of stack.split('\n')) {
    const [, file = '', at = ''] = PLACE.exec(line) ?? []
    const path = file === '' ? undefined : within(root, file)
    if (path !== undefined) return `${path}:${at}`
  }
  return undefined
}

/** As Node writes it before a fault of syntax, and in the frames of a stack. */
const PLACE = /(?:^|\(|at )((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+)(?::\d+)?\)?$/

function within(root: string, file: string): string | undefined {
  const path = relative(root, file.startsWith('file:') ? fileURLToPath(file) : file)
  if (path.startsWith('..') || path.includes(`node_modules${sep}`)) return undefined
  return path.split(sep).join('/')
}
