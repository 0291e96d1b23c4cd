import { wholeNumber } from '../whole-number.ts'

const MOST_SECONDS = 30 * 86_400

/** The option `--overlap`: seconds that what is replaced still works; undefined when it was left out. */
export function overlapOf(text: string | undefined): number | undefined {
  return text === undefined
    ? undefined
    : wholeNumber('--overlap', text, { least: 0, most: MOST_SECONDS })
}
