import { type Codemod, linesWith } from './codemod.ts'

const SAYS =
  "this list is kept by hand, and features that `plinth entity add` makes are not in it; import { registry } from './generated/registry.ts' instead"

/** Services from before the registry list their features in a file of their own, which stays theirs. */
export function listOfFeatures(version: string): Codemod {
  return {
    version,
    name: 'the list of features is generated',
    rewrite: (_path, text) => text,
    suggest: (path, text) =>
      /^src\/(main|worker)\.ts$/.test(path) ? linesWith(text, /from '\.\/features\.ts'/, SAYS) : [],
  }
}
