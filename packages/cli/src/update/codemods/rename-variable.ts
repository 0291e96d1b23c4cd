import { type Codemod, linesWith, literally } from './codemod.ts'

/** An environment variable that goes by another name since a release. */
export interface RenamedVariable {
  readonly version: string
  readonly from: string
  readonly to: string
}

const SHARED =
  /^(config\.yaml|\.env\.example|Dockerfile|compose[^/]*\.ya?ml|\.github\/.*|infra\/.*)$/

/** Writes a renamed variable in every shared file that names it. */
export function renameVariable({ version, from, to }: RenamedVariable): Codemod {
  const word = () => new RegExp(`(?<![A-Za-z0-9_])${literally(from)}(?![A-Za-z0-9_])`, 'g')
  const says = `${from} is called ${to} since Plinth ${version}`
  return {
    version,
    name: `${from} becomes ${to}`,
    rewrite: (path, text) => (SHARED.test(path) ? text.replaceAll(word(), to) : text),
    suggest: (_path, text) => linesWith(text, new RegExp(word().source), says),
  }
}
