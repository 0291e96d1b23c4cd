import { isRewritten } from './merge/merge-lines.ts'
import { mergeShared, unix, withEndingsOf } from './merge/merge-shared.ts'
import type { Clash } from './merge/versions.ts'

/** What stands at a path of the service; `foreign` is left alone, because of what it says. */
export type Present =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'foreign'; readonly because: string }

/** One shared file, as three people know it. */
export interface SharedFile {
  readonly path: string
  /** Where it stood before, when the template moved it. */
  readonly from?: string
  /** As the template had it; undefined when the template did not bring it. */
  readonly base: string | undefined
  /** Whether the template brought it, and its text of then is lost. */
  readonly isLost?: boolean
  readonly mine: Present
  /** Where the owner moved it, when that is a place of the owner's alone. */
  readonly ownPlace?: string
  /** As the template has it now; undefined when it no longer has it. */
  readonly theirs: string | undefined
}

/** What becomes of a shared file. */
export interface Decision {
  readonly path: string
  readonly from?: string
  readonly action: 'none' | 'add' | 'replace' | 'merge' | 'remove' | 'keep'
  /** What is written; undefined unless it is added, replaced or merged. */
  readonly text?: string
  readonly clashes: readonly Clash[]
  /** What a person should know of it: why a change of the template was left out, or how it was merged. */
  readonly because?: string
}

/** The whole of `plinth update` for one shared file: no I/O, and every case has a line. */
export function decideShared(file: SharedFile): Decision {
  const { path, base, mine, theirs } = file
  const decided = (action: Decision['action'], more: Partial<Decision> = {}): Decision => ({
    path,
    action,
    clashes: [],
    ...(file.from !== undefined && { from: file.from }),
    ...more,
  })
  if (mine.kind === 'foreign') return decided('keep', { because: mine.because })
  if (theirs === undefined) return withoutTheirs(file, decided)
  if (mine.kind === 'absent')
    return base === undefined
      ? decided('add', { text: theirs })
      : decided('keep', { because: goneTo(file.ownPlace) })
  const text = unix(mine.text)
  const written = (next: string) => ({ text: withEndingsOf(mine.text, next) })
  if (text === theirs) return moved(file, decided, mine.text)
  if (base === undefined) return besideTheirs(file, mine.text, theirs, decided)
  if (unix(base) === theirs) return moved(file, decided, mine.text)
  if (text === unix(base)) return decided('replace', written(theirs))
  const merged = mergeShared(path, { base, mine: mine.text, theirs })
  if (merged.clashes.some(({ marked }) => marked) && isRewritten({ base: unix(base), mine: text }))
    return { ...moved(file, decided, mine.text), because: OWN }
  return decided(merged.text === mine.text && file.from === undefined ? 'none' : 'merge', merged)
}

function goneTo(place: string | undefined): string {
  if (place === undefined) return 'you removed it, and it stays removed'
  return `you moved it to ${place}, where it is yours and stays as it is; the template's text of now is in .plinth/base/`
}

const OWN = 'it is a text of your own by now'
const DROPPED = 'the template no longer has it; with your edits it stays, and is yours from now on'

const EXISTS = 'you made a file of this name; the template’s is in .plinth/base/'
const LOST =
  'its text of then is no longer in .plinth/base/, so every line of yours counts as your own'

type Decide = (action: Decision['action'], more?: Partial<Decision>) => Decision

function withoutTheirs({ base, mine }: SharedFile, decided: Decide): Decision {
  if (mine.kind !== 'text' || base === undefined) return decided('none')
  return unix(mine.text) === unix(base) ? decided('remove') : decided('keep', { because: DROPPED })
}

/** The owner was first: keys come together, a whole text of the owner's is left as it is. */
function besideTheirs(
  { path, isLost }: SharedFile,
  mine: string,
  theirs: string,
  decided: Decide,
): Decision {
  const merged = mergeShared(path, { base: '', mine, theirs })
  const lost = isLost === true ? { because: LOST } : {}
  if (merged.clashes.some(({ marked }) => marked))
    return decided('keep', { because: EXISTS, ...lost })
  return decided(merged.text === mine ? 'none' : 'merge', { ...merged, ...lost })
}

/** Nothing to merge: only a new place, when there is one. */
function moved({ from }: SharedFile, decided: Decide, text: string): Decision {
  return from === undefined ? decided('none') : decided('merge', { text })
}
