import { isTest, read, sources } from '../gates/source/files.ts'

/** The text of every test but those of the documents, which name the others. */
const tests = sources()
  .filter(isTest)
  .filter((file) => !/^test\/(?:readme|docs\/claims)/.test(file))
  .map(read)
  .join('\n')

/**
 * The claims that no test holds. Each names at least one in a comment: `<!-- title of the test -->`, or as
 * much of the title as stands in the code; every one that it names must be there.
 */
export function unproved(claims: readonly string[]): readonly string[] {
  return claims.filter((claim) => {
    const proofs = [...claim.matchAll(/<!-- (.+?) -->/g)].map(([, proof = '']) => proof)
    return proofs.length === 0 || !proofs.every((proof) => tests.includes(proof))
  })
}
