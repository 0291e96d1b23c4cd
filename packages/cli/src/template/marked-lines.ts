import type { Part } from './answers.ts'

// A line of its own opens or closes a block: `# plinth:with github`, `<!-- plinth:end -->`, `// plinth:without home`.
const ALONE =
  /^[ \t]*(?:\/\/|#|<!--)[ \t]*plinth:(with|without|end)(?:[ \t]+(\w+))?[ \t]*(?:-->)?[ \t]*$/
// At the end of a line of code it speaks for that line alone.
const AT_THE_END = /[ \t]*(?:\/\/|#)[ \t]*plinth:(with|without)[ \t]+(\w+)[ \t]*$/

/**
 * A text of the template as one service gets it: without what the service does without, and without the marks.
 * @throws Error when a block does not end, or ends twice: a fault of the template
 */
export function keepMarked(text: string, without: readonly Part[]): string {
  if (!text.includes('plinth:')) return text
  const kept: string[] = []
  let block: boolean | undefined
  for (const line of text.split('\n')) {
    const alone = ALONE.exec(line)
    if (alone !== null) {
      const ends = alone[1] === 'end'
      if (ends === (block === undefined)) throw new Error(`This mark stands wrong: ${line.trim()}`)
      block = ends ? undefined : wanted(alone, without)
      continue
    }
    const atTheEnd = AT_THE_END.exec(line)
    if (block === false || (atTheEnd !== null && !wanted(atTheEnd, without))) continue
    kept.push(atTheEnd === null ? line : line.slice(0, atTheEnd.index))
  }
  if (block !== undefined) throw new Error('A block of marked lines does not end.')
  return kept.join('\n')
}

function wanted([, word, part]: RegExpExecArray, without: readonly Part[]): boolean {
  return without.some((each) => each === part) === (word === 'without')
}
