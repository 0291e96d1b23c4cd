import { misuse } from './cli-error.ts'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * An id that a person typed.
 * @param what what it is the id of, and the command that shows it
 * @throws CliError for anything else
 */
export function idOf(text: string, what: { readonly name: string; readonly shownBy: string }) {
  if (ID.test(text)) return text
  throw misuse(`Name the ${what.name} by its id, which ${what.shownBy} shows.`)
}
