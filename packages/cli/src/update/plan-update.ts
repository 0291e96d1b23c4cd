import { ownershipOf } from '../template/ownership.ts'
import type { Codemod, Suggestion } from './codemods/index.ts'
import { type Decision, decideShared, type Present, type SharedFile } from './decide-shared.ts'
import type { Release } from './release.ts'
import type { ServiceTree } from './service-tree.ts'
import { versionOrder } from './version-order.ts'

/** A codemod and the shared files that it changes. */
export interface CodemodStep {
  readonly name: string
  /** New text by path. */
  readonly texts: ReadonlyMap<string, string>
}

/** Something in a file of the owner's that a person may want to change. */
export interface OwnSuggestion extends Suggestion {
  readonly path: string
}

/** All that an update would do, found without doing any of it. */
export interface UpdatePlan {
  readonly from: string
  readonly to: string
  readonly release: Release
  readonly codemods: readonly CodemodStep[]
  /** What becomes of package.json: a step of its own, for the packages follow from it. */
  readonly manifest: Decision | undefined
  /** Every other shared file, sorted by path. */
  readonly shared: readonly Decision[]
  /** Whether the template's text of a shared file is another one than when the service last followed it. */
  readonly templateMoved: boolean
  readonly suggestions: readonly OwnSuggestion[]
}

/** Compares a service with a release, and decides about every file. Files of the owner do not occur. */
export function planUpdate(tree: ServiceTree, release: Release): UpdatePlan {
  const from = tree.manifest.plinth
  const since = (version: string) =>
    (versionOrder(version, from) ?? 1) > 0 && (versionOrder(version, release.version) ?? 0) <= 0
  const mods = release.codemods.filter(({ version }) => since(version))
  const { steps, present, base } = rewritten(tree, mods)
  const moves = release.moves.filter(({ version }) => since(version))
  const decisions = sharedFiles({ base, present, theirs: release.files, moves }).map(decideShared)
  const shared = decisions.filter(({ path }) => path !== 'package.json')
  return {
    from,
    to: release.version,
    release,
    codemods: steps,
    manifest: decisions.find(({ path }) => path === 'package.json'),
    shared,
    templateMoved: isMoved(tree, release),
    suggestions: suggestionsFor(tree, mods),
  }
}

/** Whether there is anything to do. */
export function isBehind({ from, to, templateMoved, codemods }: UpdatePlan): boolean {
  return from !== to || templateMoved || codemods.length > 0
}

interface Rewritten {
  readonly steps: readonly CodemodStep[]
  readonly present: ReadonlyMap<string, Present>
  readonly base: ReadonlyMap<string, string>
}

/**
 * Codemods come before the merge, on the owner's text and on the template's old one alike: else a renamed
 * key with a value of the owner's would be a removal on one side and a change on the other.
 */
function rewritten(tree: ServiceTree, mods: readonly Codemod[]): Rewritten {
  const present = new Map(tree.present)
  const base = new Map(tree.base)
  const steps: CodemodStep[] = []
  for (const { name, rewrite } of mods) {
    const texts = new Map<string, string>()
    for (const [path, found] of present) {
      if (found.kind !== 'text') continue
      const text = rewrite(path, found.text)
      if (text === found.text) continue
      texts.set(path, text)
      present.set(path, { kind: 'text', text })
    }
    for (const [path, text] of base) base.set(path, rewrite(path, text))
    if (texts.size > 0) steps.push({ name, texts })
  }
  return { steps, present, base }
}

interface Sides {
  readonly base: ReadonlyMap<string, string>
  readonly present: ReadonlyMap<string, Present>
  readonly theirs: ReadonlyMap<string, string>
  readonly moves: Release['moves']
}

function sharedFiles({ base, present, theirs, moves }: Sides): readonly SharedFile[] {
  const wanted = [...theirs.keys()].filter((path) => ownershipOf(path) === 'shared')
  const moved = moves.filter(({ from, to }) => base.has(from) && !base.has(to) && theirs.has(to))
  const left = new Set(moved.map(({ from }) => from))
  const paths = [...new Set([...base.keys(), ...wanted])].filter((path) => !left.has(path)).sort()
  return paths.map((path) => {
    const old = moved.find(({ to }) => to === path)?.from
    // What the owner already has at the new place is the owner's text of it.
    const from = present.get(path)?.kind === 'text' ? undefined : old
    return {
      path,
      ...(from !== undefined && { from }),
      base: base.get(old ?? path),
      mine: present.get(from ?? path) ?? { kind: 'absent' },
      theirs: theirs.get(path),
    }
  })
}

function isMoved(tree: ServiceTree, release: Release): boolean {
  const wanted = [...release.files].filter(([path]) => ownershipOf(path) === 'shared')
  const changed = wanted.some(
    ([path, text]) => tree.base.get(path)?.replaceAll('\r\n', '\n') !== text,
  )
  return changed || [...tree.base.keys()].some((path) => !release.files.has(path))
}

function suggestionsFor(tree: ServiceTree, mods: readonly Codemod[]): readonly OwnSuggestion[] {
  return [...tree.own].flatMap(([path, text]) =>
    mods.flatMap((mod) => mod.suggest(path, text).map((each) => ({ path, ...each }))),
  )
}
