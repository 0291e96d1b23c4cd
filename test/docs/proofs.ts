import { isTest, read, sources } from '../gates/source/files.ts'

/** The text of every test but those of the documents, which name the others. */
const tests = sources()
  .filter(isTest)
  .filter((file) => !/^test\/(?:readme|docs\/claims)/.test(file))
  .map(read)
  .join('\n')

/**
 * The claims that no test holds. Each claim names one in a comment: `<!-- title of the test -->`, or as
 * much of the title as stands in the code.
 */
export function unproved(claims: readonly string[]): readonly string[] {
  return claims.filter((claim) => {
    const proof = /<!-- (.+) -->/.exec(claim)?.[1]
    return proof === undefined || !tests.includes(proof)
  })
}
