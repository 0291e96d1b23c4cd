import { glob } from 'node:fs/promises'
import path from 'node:path'

const PLACES = ['packages/*/src', 'template/src', 'template/tests', 'test', 'bench', 'clients/*']
// The frozen services below test/update/states have tests of their own, which the update matrix runs.
const LEFT_OUT = /(^|\/)(node_modules|dist|generated|\.plinth|states)(\/|$)/

/**
 * The test files of the repository, sorted, as absolute paths.
 * @param {{ long: boolean, only: readonly string[] }} wanted
 */
export async function discover({ long, only }) {
  const found = []
  for (const place of PLACES) {
    for await (const file of glob(`${place}/**/*.test.ts`)) found.push(file)
  }
  return [...new Set(found)]
    .filter((file) => !LEFT_OUT.test(file))
    .filter((file) => file.endsWith('.long.test.ts') === long)
    .filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
    .sort()
    .map((file) => path.resolve(file))
}
