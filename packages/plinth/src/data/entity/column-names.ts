import { nearest } from '../../kernel/index.ts'

/**
 * Refuses a name that an option gives and the shape does not.
 * @param option the option that gives it: `hidden`
 * @throws TypeError with the column that was probably meant
 */
export function columnNamed(option: string, name: string, known: Iterable<string>): void {
  const columns = new Set(known)
  if (columns.has(name)) return
  throw new TypeError(
    `${option} names the column "${name}", which is not declared${instead(name, columns)}`,
  )
}

/** The end of a sentence about a name that is not known: `; did you mean "sku"?`, or nothing. */
export function instead(name: string, known: Iterable<string>): string {
  const near = nearest(name, known)
  return near === undefined ? '' : `; did you mean "${near}"?`
}
