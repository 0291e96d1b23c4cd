import type { Column } from 'plinth/data'
import { capital } from '../naming/entity-name.ts'

/** A value that depends on a number, and the code that says it. */
interface Candidate {
  readonly code: string
  readonly value: (n: number) => unknown
}

/** Numbers that a sample is tried with: a test makes no more rows. */
const TRIED = Array.from({ length: 19 }, (_, at) => at + 1)

/**
 * Code for a value of a column that its schema takes, another one for each `n` where that is
 * possible; undefined when nothing that we know fits, for instance a pattern of one's own.
 */
export function sampleCode(column: Column, variable = 'n'): string | undefined {
  const code = candidatesFor(column).find(({ value }) =>
    TRIED.every((n) => column.schema.safeParse(value(n)).success),
  )?.code
  return code?.includes('`')
    ? code.replace(/\bn\}/, `${variable}}`)
    : code?.replace(/\bn\b/, variable)
}

/** Code for a value that a column refuses. */
export function refusedCode({ schema, nullable, kind }: Column): string {
  const candidates: readonly (readonly [string, unknown])[] = [
    ...(SPOKEN[kind.name] ?? []),
    ["''", ''],
    ['-1', -1],
    ["'x'", 'x'],
    ['0.5', 0.5],
    ['true', true],
  ]
  const taken = nullable ? schema.nullable() : schema
  return candidates.find(([, value]) => !taken.safeParse(value).success)?.[0] ?? '[[]]'
}

const WHOLE_ONLY = [
  ['-1', -1],
  ['0.5', 0.5],
] as const

const SPOKEN: Readonly<Record<string, readonly (readonly [string, unknown])[]>> = {
  enum: [["'other'", 'other']],
  date: [["'tomorrow'", 'tomorrow']],
  timestamp: [["'tomorrow'", 'tomorrow']],
  boolean: [["'yes'", 'yes']],
  int: WHOLE_ONLY,
  money: WHOLE_ONLY,
  text: [
    ["''", ''],
    ['1', 1],
  ],
}

function candidatesFor(column: Column): readonly Candidate[] {
  const { kind, values = [], sqlType } = column
  if (kind.name === 'enum') return values.map((value) => fixed(`'${value}' as const`, value))
  if (kind.name === 'decimal') return decimals(Number(/,(\d+)\)$/.exec(sqlType)?.[1] ?? 0))
  if (kind.name === 'text') return texts(column.name.split('_').map(capital).join(' '))
  return [...(CANDIDATES[kind.name] ?? []), ...fromLeast(column)]
}

/** Numbers that begin where the schema lets them begin. */
function fromLeast({ schema, kind }: Column): readonly Candidate[] {
  const least: unknown = 'minValue' in schema ? schema.minValue : undefined
  if (!NUMBERS.has(kind.name) || typeof least !== 'number' || !Number.isFinite(least)) return []
  return numbers([`${Math.ceil(least)} + n`, `${least}`])
}

const NUMBERS = new Set(['int', 'money', 'float'])

const CANDIDATES: Readonly<Record<string, readonly Candidate[]>> = {
  int: numbers([
    'n',
    'n * 10',
    '10 + n',
    '100 + n',
    '1000 + n',
    '10000 + n',
    '-n',
    '-100 - n',
    '0',
  ]),
  money: numbers(['n * 100', 'n', '1000 + n', '100000 + n', '-n', '0']),
  float: numbers(['n + 0.5', 'n / 10', 'n', '100 + n', '-n', '0']),
  bigint: [{ code: 'String(n)', value: String }],
  boolean: [
    { code: 'n % 2 === 0', value: (n) => n % 2 === 0 },
    fixed('true', true),
    fixed('false', false),
  ],
  date: [{ code: '`2030-01-${10 + n}`', value: (n) => `2030-01-${10 + n}` }],
  timestamp: [
    { code: '`2030-01-01T00:00:${10 + n}.000Z`', value: (n) => `2030-01-01T00:00:${10 + n}.000Z` },
  ],
  uuid: [
    {
      code: '`0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b${10 + n}`',
      value: (n) => `0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b${10 + n}`,
    },
  ],
  json: [{ code: '{ n }', value: (n) => ({ n }) }, fixed('{}', {}), fixed('[]', [])],
  list: [{ code: '[`tag ${n}`]', value: (n) => [`tag ${n}`] }, fixed('[]', [])],
}

const LENGTHS = [40, 200, 1000, 10_000]

/** `Name 1`, then what patterns of codes, addresses and sites like, then longer and shorter ones. */
function texts(title: string): readonly Candidate[] {
  const word = title.replaceAll(' ', '')
  const around: readonly (readonly [string, string])[] = [
    [`${title} `, ''],
    [`${word.toUpperCase()}-`, ''],
    [`${word.toLowerCase()}-`, ''],
    [word.toUpperCase(), ''],
    [word.toLowerCase(), ''],
    ['ABC', ''],
    ['abc', ''],
    [word.toLowerCase(), '@example.com'],
    [`https://example.com/${word.toLowerCase()}/`, ''],
    ['+4912345670', ''],
    ['', ''],
  ]
  const plain = around.map(([before, after]) => ({
    code: before + after === '' ? 'String(n)' : `\`${before}\${n}${after}\``,
    value: (n: number) => `${before}${n}${after}`,
  }))
  const long = LENGTHS.map((length) => ({
    code: `\`${title} \${n} \`.padEnd(${length}, '.')`,
    value: (n: number) => `${title} ${n} `.padEnd(length, '.'),
  }))
  return [...plain, ...[10, 100].map(digits), ...long]
}

/** Digits alone, for codes of a fixed length. */
function digits(start: number): Candidate {
  return { code: `String(${start} + n)`, value: (n) => String(start + n) }
}

function decimals(scale: number): readonly Candidate[] {
  const zeros = '0'.repeat(scale)
  if (scale === 0) return [{ code: 'String(n)', value: String }]
  return [
    { code: `\`\${n}.${zeros}\``, value: (n) => `${n}.${zeros}` },
    { code: '`0.${n}`', value: (n) => `0.${n}` },
  ]
}

/** Sums and products of `n`, as they stand in the code. */
function numbers(codes: readonly string[]): readonly Candidate[] {
  return codes.map((code) => ({ code, value: (n) => evaluated(code, n) }))
}

function evaluated(code: string, n: number): number {
  const [left = '0', sign, right = '0'] = code.split(' ')
  const number = (text: string) => {
    if (text === 'n') return n
    return text === '-n' ? -n : Number(text)
  }
  if (sign === '*') return number(left) * number(right)
  if (sign === '/') return number(left) / number(right)
  return number(left) + (sign === '-' ? -number(right) : number(right))
}

function fixed(code: string, value: unknown): Candidate {
  return { code, value: () => value }
}
