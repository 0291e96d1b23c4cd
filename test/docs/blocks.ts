import { read } from '../gates/source/files.ts'

/** A piece of code in a document. */
export interface Block {
  /** Language, as its fence says. */
  readonly language: string
  readonly code: string
  /** Where it runs, when a comment before it says so: `browser`, `node`. */
  readonly place: string | undefined
}

/** The fenced blocks of a document, in order. */
export function blocksOf(page: string): readonly Block[] {
  const fences = /(?:<!-- runs in: (\w+) -->\n)?^```(\w+)\n([\s\S]*?)^```$/gm
  return [...read(page).matchAll(fences)].map(([, place, language = '', code = '']) => ({
    language,
    code,
    place,
  }))
}

/** What the blocks of output say that the programs before them print. */
export function outputOf(blocks: readonly Block[]): string {
  return blocks
    .filter(({ language }) => language === 'text')
    .map(({ code }) => code)
    .join('')
}
