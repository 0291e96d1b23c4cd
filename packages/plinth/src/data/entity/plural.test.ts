import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pluralOf } from './plural.ts'

const PLURALS = `product products, category categories, day days, address addresses, box boxes,
  batch batches, wish wishes, bus buses, status statuses, quiz quizzes, waltz waltzes, buzz buzzes,
  person people, child children, man men, woman women, salesman salesmen, spokeswoman spokeswomen,
  human humans, german germans, mouse mice, foot feet, tooth teeth, goose geese, ox oxen, leaf leaves,
  shelf shelves, knife knives, wolf wolves, roof roofs, chief chiefs, photo photos, video videos,
  hero heroes, tomato tomatoes, analysis analyses, crisis crises, criterion criteria, datum data,
  medium media, index indexes, matrix matrices, vertex vertices, search searches, arch arches,
  monarch monarchs, stomach stomachs, equipment equipment, sheep sheep, series series, news news,
  metadata metadata, software software, soliloquy soliloquies, guy guys, key keys, lens lenses,
  purchase_order purchase_orders, line_of_business line_of_businesses, delivery_man delivery_men,
  sales_person sales_people, office_equipment office_equipment, constructor constructors`

test('the English plural of a noun', () => {
  const pairs = PLURALS.split(',').map((pair) => pair.trim().split(' '))
  assert.deepEqual(
    pairs.map(([noun = '']) => [noun, pluralOf(noun)]),
    pairs,
  )
})
