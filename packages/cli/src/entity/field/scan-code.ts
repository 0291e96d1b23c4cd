/** A part of a text: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** One entry of an object literal. */
export interface Entry extends Span {
  readonly key: string
  readonly keySpan: Span
  /** Without white space around it. */
  readonly value: Span
}

const OPENING = '([{'
const CLOSING = ')]}'
/** After these a slash begins a regular expression; elsewhere it divides. */
const BEFORE_REGEX = /[(,=:[!&|?{};+\-*%<>~^]\s*$|^\s*$|\b(?:return|typeof|in|of)\s*$/

/**
 * Where the token at `at` ends, for tokens that hide brackets: texts, templates, comments and regular
 * expressions. Undefined where there is none.
 */
export function opaqueEnd(text: string, at: number): number | undefined {
  const sign = text[at]
  if (sign === "'" || sign === '"') return textEnd(text, at, sign)
  if (sign === '`') return templateEnd(text, at)
  if (text.startsWith('//', at)) return orEnd(text, text.indexOf('\n', at))
  if (text.startsWith('/*', at)) return orEnd(text, text.indexOf('*/', at + 2), 2)
  if (sign === '/' && BEFORE_REGEX.test(text.slice(Math.max(0, at - 20), at)))
    return regexEnd(text, at)
  return undefined
}

/** Where the bracket that opens at `at` is closed, itself included; undefined when it never is. */
export function closingOf(text: string, at: number): number | undefined {
  let depth = 0
  for (let place = at; place < text.length; ) {
    const end = opaqueEnd(text, place)
    if (end !== undefined) {
      place = end
      continue
    }
    const sign = text.charAt(place)
    if (OPENING.includes(sign)) depth += 1
    if (CLOSING.includes(sign)) depth -= 1
    place += 1
    if (depth === 0) return place
  }
  return undefined
}

/** The parts between top-level commas inside a pair of brackets; comments stay with what follows. */
export function partsIn(text: string, { start, end }: Span): readonly Span[] {
  const parts: Span[] = []
  let from = start + 1
  for (let place = from; place < end - 1; ) {
    const after = opaqueEnd(text, place) ?? bracketEnd(text, place)
    if (after === undefined && text[place] === ',') {
      parts.push({ start: from, end: place })
      from = place + 1
    }
    place = after ?? place + 1
  }
  if (bare(text.slice(from, end - 1)) !== '') parts.push({ start: from, end: end - 1 })
  return parts
}

/** The entries of an object literal; undefined where one is no plain `key: value`. */
export function entriesIn(text: string, span: Span): readonly Entry[] | undefined {
  const entries = partsIn(text, span).map((part) => entryIn(text, part))
  return entries.every((entry) => entry !== undefined) ? entries : undefined
}

/** A span without white space and comments before it, and white space after it. */
export function trimmed(text: string, { start, end }: Span): Span {
  let from = start
  for (;;) {
    const blank = /^\s*/.exec(text.slice(from, end))?.[0].length ?? 0
    from += blank
    const comment = /^\/[/*]/.test(text.slice(from, from + 2)) ? opaqueEnd(text, from) : undefined
    if (comment === undefined || comment > end) break
    from = comment
  }
  return { start: from, end: from + text.slice(from, end).trimEnd().length }
}

function entryIn(text: string, part: Span): Entry | undefined {
  const inner = trimmed(text, part)
  const found = /^(?:([A-Za-z_$][\w$]*)|'([^'\\]*)'|"([^"\\]*)")\s*:/.exec(
    text.slice(inner.start, inner.end),
  )
  if (found === null) return undefined
  const key = found[1] ?? found[2] ?? found[3] ?? ''
  const keyEnd = inner.start + found[0].slice(0, -1).trimEnd().length
  return {
    ...part,
    key,
    keySpan: { start: inner.start, end: keyEnd },
    value: trimmed(text, { start: inner.start + found[0].length, end: inner.end }),
  }
}

function bracketEnd(text: string, at: number): number | undefined {
  return OPENING.includes(text.charAt(at)) ? closingOf(text, at) : undefined
}

function bare(text: string): string {
  const { start, end } = trimmed(text, { start: 0, end: text.length })
  return text.slice(start, end)
}

function textEnd(text: string, at: number, quote: string): number {
  for (let place = at + 1; place < text.length; place += 1) {
    if (text[place] === '\\') place += 1
    else if (text[place] === quote || text[place] === '\n') return place + 1
  }
  return text.length
}

function templateEnd(text: string, at: number): number {
  for (let place = at + 1; place < text.length; place += 1) {
    if (text[place] === '\\') place += 1
    else if (text[place] === '`') return place + 1
    else if (text.startsWith('${', place)) place = (closingOf(text, place + 1) ?? text.length) - 1
  }
  return text.length
}

function regexEnd(text: string, at: number): number {
  let inClass = false
  for (let place = at + 1; place < text.length; place += 1) {
    const sign = text[place]
    if (sign === '\\') place += 1
    else if (sign === '\n') return at + 1
    else if (sign === '[') inClass = true
    else if (sign === ']') inClass = false
    else if (sign === '/' && !inClass) return place + 1
  }
  return text.length
}

function orEnd(text: string, found: number, length = 0): number {
  return found === -1 ? text.length : found + length
}
