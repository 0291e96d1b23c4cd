import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'

/** A guard of a source file, and what stands in its place. */
export interface Mutation {
  /** The file, from the folder of the sources: `access/decide.ts`. */
  readonly file: string
  /** Text that stands there once. */
  readonly guard: string
  readonly instead: string
}

/** Name of the variable that carries a mutation, as JSON, into the process of a test. */
export const MUTATION = 'PLINTH_TEST_MUTATION'

const given = process.env[MUTATION]
if (given !== undefined) {
  const { file, guard, instead }: Mutation = JSON.parse(given)
  const target = new URL(`../${file}`, import.meta.url).href
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      if (url !== target || !loaded.source) return loaded
      const source = Buffer.from(loaded.source as Uint8Array).toString()
      assert.equal(source.split(guard).length, 2, `${file} does not hold once: ${guard}`)
      return { ...loaded, source: source.replace(guard, () => instead) }
    },
  })
}
