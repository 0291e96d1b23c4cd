import { glob, stat } from 'node:fs/promises'

const PLACES = ['packages/*/src', 'template/src', 'template/tests', 'test', 'bench', 'clients/*']
// The frozen services below test/update/states have tests of their own, which the update matrix runs.
const LEFT_OUT = /(^|\/)(node_modules|dist|generated|\.plinth|states)(\/|$)/

// Tests that start processes take longest for their length; the rest is about as long to run as to read.
const MOST_SIZE = 1_000_000
const STARTS_PROCESSES = /^(test|clients|packages\/cli)\//

/**
 * The test files of the repository, those that take long first: what is left for the end is short, and nobody waits long.
 * @param {{ long: boolean, only: readonly string[] }} wanted
 */
export async function discover({ long, only }) {
  const found = []
  for (const place of PLACES) {
    for await (const file of glob(`${place}/**/*.test.ts`)) found.push(file)
  }
  const files = [...new Set(found)]
    .filter((file) => !LEFT_OUT.test(file))
    .filter((file) => file.endsWith('.long.test.ts') === long)
    .filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
  const sized = files.map(async (file) => ({ file, weight: await weightOf(file) }))
  return (await Promise.all(sized)).sort((a, b) => b.weight - a.weight).map(({ file }) => file)
}

async function weightOf(file) {
  const { size } = await stat(file)
  return STARTS_PROCESSES.test(file) ? size + MOST_SIZE : size
}
