import type { Edit } from './edit.ts'
import { ownCode } from './own-code.ts'
import { settings } from './settings.ts'
import { surroundings } from './surroundings.ts'

export type { Edit, EditKind, Files } from './edit.ts'
export { EDIT_KINDS } from './edit.ts'

/** Everything that owners do to their services, as far as it has been seen. */
export const EDITS: readonly Edit[] = [...ownCode, ...settings, ...surroundings]
