import { closingOf, opaqueEnd, type Span } from './scan-code.ts'

/** Every `name(…)` in the text of a module, from bracket to bracket; not `other.name(…)`, nor what stands in a text. */
export function callsTo(text: string, name: string): readonly Span[] {
  const opening = new RegExp(`(?<![\\w$.])${name}\\s*\\(`, 'y')
  const calls: Span[] = []
  for (let place = 0; place < text.length; ) {
    const end = opaqueEnd(text, place)
    if (end !== undefined) {
      place = end
      continue
    }
    opening.lastIndex = place
    if (opening.test(text)) {
      const start = opening.lastIndex - 1
      const closed = closingOf(text, start)
      if (closed !== undefined) calls.push({ start, end: closed })
      place = start
    }
    place += 1
  }
  return calls
}
