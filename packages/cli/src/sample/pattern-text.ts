import type { Random } from './random.ts'

/** One piece of a regular expression: writes a text that it takes. */
type Piece = (random: Random) => string

interface Reader {
  readonly source: string
  /** Whether repetitions are long where they may be: a long text is told from any other. */
  readonly long: boolean
  at: number
}

/** How often `*` and `+` repeat at most, and how often a long repetition does at least. */
const REPEATS = 12
const MANY = 8

/**
 * A text that a regular expression most likely takes; undefined where it is written in a way that
 * this does not read (look-around, back-references). The caller tries the text against the pattern.
 */
export function textForPattern(source: string, random: Random, long = false): string | undefined {
  const key = `${long} ${source}`
  if (!read.has(key)) read.set(key, pieceFor(source, long))
  return read.get(key)?.(random)
}

/** What was read already: the patterns of a service are few, and its requests are many. */
const read = new Map<string, Piece | undefined>()

function pieceFor(source: string, long: boolean): Piece | undefined {
  const reader = { source, long, at: 0 }
  const piece = alternatives(reader)
  return reader.at < source.length ? undefined : piece
}

function alternatives(reader: Reader): Piece | undefined {
  const ways: Piece[] = []
  do {
    if (peek(reader) === '|') reader.at += 1
    const way = sequence(reader)
    if (way === undefined) return undefined
    ways.push(way)
  } while (peek(reader) === '|')
  const [first, ...others] = ways
  return first && ((random) => random.pick([first, ...others])(random))
}

function sequence(reader: Reader): Piece | undefined {
  const pieces: Piece[] = []
  while (reader.at < reader.source.length && !'|)'.includes(peek(reader))) {
    const one = atom(reader)
    if (one === undefined) return undefined
    pieces.push(repeated(reader, one))
  }
  return (random) => pieces.map((piece) => piece(random)).join('')
}

function atom(reader: Reader): Piece | undefined {
  const sign = take(reader)
  if (sign === '^' || sign === '$') return () => ''
  if (sign === '(') return group(reader)
  if (sign === '[') return characterClass(reader)
  if (sign === '.') return (random) => random.word(1)
  if (sign === '\\') return escaped(take(reader))
  return () => sign
}

function group(reader: Reader): Piece | undefined {
  const opening = /^\?(?::|<\w+>)/.exec(reader.source.slice(reader.at))
  if (opening === null && peek(reader) === '?') return undefined
  reader.at += opening?.[0].length ?? 0
  const inner = alternatives(reader)
  return take(reader) === ')' ? inner : undefined
}

const CLASSES: Readonly<Record<string, string>> = {
  d: '0123456789',
  w: 'abcdefghijklmnopqrstuvwxyz0123456789_',
  s: ' ',
  D: 'abcdefghij',
  W: '-. ',
  S: 'abcdefghijklmnopqrstuvwxyz0123456789',
}
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function escaped(sign: string): Piece | undefined {
  if (sign === 'b' || sign === 'B') return () => ''
  if (/[1-9kpPux]/.test(sign)) return undefined
  const members = CLASSES[sign] ?? CONTROLS[sign] ?? sign
  return (random) => oneOf(members, random)
}

function oneOf(members: string, random: Random): string {
  return members.charAt(random.whole(0, members.length - 1))
}

/** Printable ASCII, of which a negated class takes the rest. */
const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))

function characterClass(reader: Reader): Piece | undefined {
  const negated = peek(reader) === '^'
  if (negated) reader.at += 1
  let members = ''
  while (reader.at < reader.source.length && peek(reader) !== ']') {
    const from = classMember(take(reader), reader)
    if (from === undefined) return undefined
    const isRange = peek(reader) === '-' && (reader.source[reader.at + 1] ?? ']') !== ']'
    if (isRange) reader.at += 1
    const to = isRange ? classMember(take(reader), reader) : undefined
    members += to === undefined ? from : between(from, to)
  }
  if (take(reader) !== ']') return undefined
  const allowed = negated ? PRINTABLE.filter((sign) => !members.includes(sign)).join('') : members
  return allowed === '' ? undefined : (random) => oneOf(allowed, random)
}

function classMember(sign: string, reader: Reader): string | undefined {
  if (sign !== '\\') return sign
  const next = take(reader)
  if (/[pPux]/.test(next)) return undefined
  return CLASSES[next] ?? CONTROLS[next] ?? next
}

function between(from: string, to: string): string {
  const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)]
  const length = Math.max(0, last - first + 1)
  return Array.from({ length }, (_, at) => String.fromCharCode(first + at)).join('')
}

const COUNT = /^(?:\{(\d+)(,?)(\d*)\}|([*+?]))\??/

function repeated(reader: Reader, piece: Piece): Piece {
  const [whole, least, comma, most, sign] = COUNT.exec(reader.source.slice(reader.at)) ?? []
  if (whole === undefined) return piece
  reader.at += whole.length
  const [from, to] =
    sign === undefined ? counts(Number(least), comma === ',', most ?? '') : (SIGNS[sign] ?? [1, 1])
  const often = reader.long ? Math.max(from, Math.min(MANY, to)) : from
  return (random) => Array.from({ length: random.whole(often, to) }, () => piece(random)).join('')
}

const SIGNS: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, REPEATS],
  '+': [1, REPEATS],
  '?': [0, 1],
}

function counts(least: number, open: boolean, most: string): readonly [number, number] {
  if (!open) return [least, least]
  return [least, most === '' ? least + REPEATS : Number(most)]
}

function peek({ source, at }: Reader): string {
  return source.charAt(at)
}

function take(reader: Reader): string {
  const sign = peek(reader)
  reader.at += 1
  return sign
}
