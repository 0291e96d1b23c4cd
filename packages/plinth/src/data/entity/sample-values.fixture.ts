import fc from 'fast-check'
import { sampler } from './sample.fixture.ts'

const text = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .filter((value) => sampler.patch.safeParse({ words: value }).success)
const moment = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())
const labels = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  text,
  { maxKeys: 3, noNullPrototype: true },
)

/** A value for each field of the sampler, in the form in which it comes back. */
export const sampleValues = {
  words: text,
  code: fc.stringMatching(/^[A-Z0-9 ]{0,12}$/),
  count: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  amount: fc.maxSafeInteger(),
  huge: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  rate: fc.integer({ min: -999_999_999, max: 999_999_999 }).map((n) => (n / 1000).toFixed(3)),
  ratio: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  done: fc.boolean(),
  day: moment.map((value) => value.slice(0, 10)),
  moment,
  token: fc.uuid(),
  colour: fc.constantFrom('red', "o'clock"),
  extra: fc.record(
    { a: fc.integer(), b: fc.array(text, { maxLength: 3 }) },
    { noNullPrototype: true },
  ),
  labels,
  tags: fc.array(text, { maxLength: 4 }),
  maybe: fc.option(text),
  absent: fc.option(fc.integer({ min: 0, max: 9 })),
  either: fc.option(moment),
  counted: fc.integer({ min: 0, max: 9 }),
  unset: fc.option(fc.boolean()),
  filed: labels,
  tagged: fc.array(text, { maxLength: 4 }),
  born: moment,
  born_on: moment.map((value) => value.slice(0, 10)),
  handle: fc.uuid(),
}

/** A row of any values, in the form in which it comes back. */
export const sampleRow = fc.record(sampleValues, { noNullPrototype: true })

/** The name of any field of the sampler. */
export const sampleField = fc.constantFrom(...Object.keys(sampleValues))

/** The first and last value of each field, and those that are easily taken for another. */
export const sampleEdges: { readonly [field: string]: readonly unknown[] } = {
  words: ['', ' ', "'", '"', '\\', '\t\n\r', '😀', '\u00e9', 'e\u0301', '{}', 'null', '%s', '$1'],
  code: ['', 'ABCDEFGHIJKL'],
  count: [-(2 ** 31), -1, 0, 2 ** 31 - 1],
  amount: [-Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER],
  huge: ['-9223372036854775808', '0', '9007199254740993', '9223372036854775807'],
  rate: ['-999999.999', '0.000', '0.001', '999999.999'],
  ratio: [-1.7976931348623157e308, 5e-324, 0, 0.1, 1.7976931348623157e308],
  done: [true, false],
  day: ['0001-01-01', '1582-10-15', '2024-02-29', '9999-12-31'],
  moment: ['0001-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  token: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  colour: ['red', "o'clock"],
  extra: [{ a: 0 }, { a: -1.5, b: [] }, { a: 1, b: ['', '"', '\\'] }],
  labels: [{}, { '': '' }, { a: 'null' }],
  tags: [[], [''], ['NULL', 'null', '{}', 'a,b', '"', '\\']],
  maybe: [null, '', 'null'],
  absent: [null, 0],
  either: [null, '2026-01-02T03:04:05.678Z'],
  counted: [7, 0],
  unset: [null, true, false],
  filed: [{}, { a: 'b' }],
  tagged: [['new'], []],
  born: ['2026-01-02T03:04:05.678Z'],
  born_on: ['2026-01-02'],
  handle: ['0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10'],
}
