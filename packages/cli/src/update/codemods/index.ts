import { settingNames } from 'plinth/server'
import type { Codemod, Move } from './codemod.ts'
import { listOfFeatures } from './list-of-features.ts'
import { renameConfigKey } from './rename-config-key.ts'
import { renameVariable } from './rename-variable.ts'

export type { Codemod, Move, Suggestion } from './codemod.ts'
export { renameConfigKey } from './rename-config-key.ts'
export { renameVariable } from './rename-variable.ts'

const FIRST = '0.1.0'

/** Names that the platform still understands, and that a service should no longer use. */
function namesOfToday(): readonly Codemod[] {
  const keys = settingNames.keyAliases.map(({ from, to }) =>
    renameConfigKey({ version: FIRST, from, to }),
  )
  const variables = settingNames.variables.flatMap(({ name, deprecatedFor }) =>
    deprecatedFor === undefined
      ? []
      : [renameVariable({ version: FIRST, from: name, to: deprecatedFor })],
  )
  return [...keys, ...variables]
}

/** Everything that releases so far ask of a service's shared files, oldest first. */
export function codemods(): readonly Codemod[] {
  return [...namesOfToday(), listOfFeatures(FIRST)]
}

/** Shared files that stand elsewhere than in an earlier release, oldest first. */
export const MOVES: readonly Move[] = []
