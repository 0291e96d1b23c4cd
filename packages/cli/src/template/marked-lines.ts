import type { PackageSource, Part } from './answers.ts'

/** What lines can be marked with. */
export type Mark = Part | PackageSource

// A line of its own opens or closes a block: `# plinth:with github`, `<!-- plinth:end -->`, `// plinth:without home`.
const ALONE =
  /^[ \t]*(?:\/\/|#|<!--)[ \t]*plinth:(with|without|end)(?:[ \t]+(\w+))?[ \t]*(?:-->)?[ \t]*$/
// At the end of a line of code it speaks for that line alone.
const AT_THE_END = /(?:\/\/|#) plinth:(with|without) (\w+)$/

/**
 * A text of the template as one service gets it: without what the service does without, and without the marks.
 * @param absent the marks whose lines go
 * @throws Error when a block does not end, or ends twice: a fault of the template
 */
export function keepMarked(text: string, absent: readonly Mark[]): string {
  if (!text.includes('plinth:')) return text
  const kept: string[] = []
  let block: boolean | undefined
  for (const line of text.split('\n')) {
    const alone = ALONE.exec(line)
    if (alone !== null) {
      const ends = alone[1] === 'end'
      if (ends === (block === undefined)) throw new Error(`This mark stands wrong: ${line.trim()}`)
      block = ends ? undefined : wanted(alone, absent)
      continue
    }
    const atTheEnd = AT_THE_END.exec(line)
    if (block === false || (atTheEnd !== null && !wanted(atTheEnd, absent))) continue
    kept.push(atTheEnd === null ? line : line.slice(0, atTheEnd.index).trimEnd())
  }
  if (block !== undefined) throw new Error('A block of marked lines does not end.')
  return kept.join('\n')
}

function wanted([, word, mark]: RegExpExecArray, absent: readonly Mark[]): boolean {
  return absent.some((each) => each === mark) === (word === 'without')
}
