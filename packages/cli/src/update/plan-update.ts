import { misuse } from '../cli-error.ts'
import { sha256 } from '../template/manifest.ts'
import { ownershipOf } from '../template/ownership.ts'
import type { Codemod, Suggestion } from './codemods/index.ts'
import { type Decision, decideShared, type Present, type SharedFile } from './decide-shared.ts'
import { faultOf } from './merge/fault-of.ts'
import { unix } from './merge/merge-shared.ts'
import type { Release } from './release.ts'
import type { ServiceTree } from './service-tree.ts'
import { versionOrder } from './version-order.ts'
import { isWritten } from './write-decision.ts'

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
  requireUnchangedBase(tree)
  const { steps, present, base } = rewritten(tree, mods)
  const moves = release.moves.filter(({ version }) => since(version))
  const brought = Object.keys(tree.manifest.files)
  const { ownMoves } = tree
  const sides = { base, brought, present, theirs: release.files, moves, ownMoves }
  const decisions = sharedFiles(sides).map(decideShared).map(withFault(tree, release))
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

/**
 * A text in `.plinth/base/` that somebody changed would make edits of the owner's look like the template's.
 * @throws CliError (exit code 2) naming it
 */
function requireUnchangedBase({ manifest, base }: ServiceTree): void {
  const changed = [...base].find(([path, text]) => {
    const brought = manifest.files[path]
    return brought !== undefined && brought.sha256 !== sha256(unix(text))
  })
  if (changed === undefined) return
  const file = `.plinth/base/${changed[0]}`
  throw misuse(
    `${file} is no longer the text that Plinth brought, and without it your edits cannot be told from the template's; find the commit that changed it with \`git log -- ${file}\`, and take it back with \`git checkout <that commit>~ -- ${file}\`.`,
  )
}

/**
 * A fault of the owner's text that keeps keys from being merged as keys is said, whatever becomes of the file.
 * What the template has so itself is none: a chart's template only ends in `.yaml`.
 */
function withFault(tree: ServiceTree, { files }: Release): (decision: Decision) => Decision {
  return (decision) => {
    const { path, from, because } = decision
    const mine = tree.present.get(from ?? path)
    const template = files.get(path) ?? tree.base.get(from ?? path) ?? ''
    if (because !== undefined || mine?.kind !== 'text' || faultOf(path, template) !== undefined)
      return decision
    const fault = faultOf(path, mine.text)
    return fault === undefined ? decision : { ...decision, because: fault }
  }
}

/** Whether there is anything to do. */
export function isBehind({ from, to, templateMoved, codemods }: UpdatePlan): boolean {
  return from !== to || templateMoved || codemods.length > 0
}

/** Paths of shared files that an update would write or remove. */
export function changedBy({ manifest, shared, codemods }: UpdatePlan): readonly string[] {
  const decisions = manifest === undefined ? shared : [manifest, ...shared]
  const decided = decisions
    .filter((one) => isWritten(one) || one.action === 'remove')
    .flatMap(({ path, from }) => (from === undefined ? [path] : [path, from]))
  return [...new Set([...codemods.flatMap(({ texts }) => [...texts.keys()]), ...decided])].sort()
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
  /** Paths that the template had when the service last followed it. */
  readonly brought: readonly string[]
  readonly present: ReadonlyMap<string, Present>
  readonly theirs: ReadonlyMap<string, string>
  readonly moves: Release['moves']
  readonly ownMoves: ReadonlyMap<string, string>
}

function sharedFiles(sides: Sides): readonly SharedFile[] {
  const { base, brought, present, theirs, moves } = sides
  const wanted = [...theirs.keys()].filter((path) => ownershipOf(path) === 'shared')
  const moved = moves.filter(({ from, to }) => base.has(from) && !base.has(to) && theirs.has(to))
  const left = new Set(moved.map(({ from }) => from))
  const paths = [...new Set([...base.keys(), ...wanted])].filter((path) => !left.has(path)).sort()
  return paths.map((path) => {
    const old = moved.find(({ to }) => to === path)?.from
    // What the owner already has at the new place is the owner's text of it.
    const from = present.get(path)?.kind === 'text' ? undefined : old
    const file: SharedFile = {
      path,
      ...(from !== undefined && { from }),
      base: base.get(old ?? path),
      isLost: brought.includes(path) && !base.has(path),
      mine: present.get(from ?? path) ?? { kind: 'absent' },
      theirs: theirs.get(path),
    }
    return file.mine.kind === 'absent' ? followed(file, old ?? path, sides) : file
  })
}

/**
 * A file that the owner moved is merged in its new place, where that is a place of shared files; else it is
 * the owner's by now, and only named.
 */
function followed(file: SharedFile, old: string, sides: Sides): SharedFile {
  const { base, present, theirs, ownMoves } = sides
  const to = ownMoves.get(old)
  const mine = to === undefined ? undefined : present.get(to)
  if (to === undefined || file.theirs === undefined) return file
  if (mine?.kind !== 'text' || theirs.has(to) || base.has(to)) return { ...file, ownPlace: to }
  return { path: to, base: file.base, mine, theirs: file.theirs }
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
