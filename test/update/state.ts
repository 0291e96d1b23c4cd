import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { readManifest } from '../../packages/cli/src/template/manifest.ts'
import { ownershipOf } from '../../packages/cli/src/template/ownership.ts'
import type { Present } from '../../packages/cli/src/update/decide-shared.ts'
import { installedRelease, type Release } from '../../packages/cli/src/update/release.ts'
import type { ServiceTree } from '../../packages/cli/src/update/service-tree.ts'
import type { Files } from './edits/index.ts'
import { NEIGHBOURS } from './neighbours.ts'

/** Where the frozen services stand. */
export const STATES = path.join(import.meta.dirname, 'states')

/** A frozen service. */
export interface State {
  readonly name: string
  readonly folder: string
  /** Every file but those below `.plinth/`. */
  readonly files: ReadonlyMap<string, string>
  readonly base: ReadonlyMap<string, string>
  readonly manifest: ServiceTree['manifest']
  /** What it is updated to. */
  readonly release: Release
}

/** Every frozen service, by name. */
export async function readStates(): Promise<readonly State[]> {
  const names = (await readdir(STATES)).sort()
  return Promise.all(names.map(readState))
}

async function readState(name: string): Promise<State> {
  const folder = path.join(STATES, name)
  const manifest = await readManifest(folder)
  const head = await installedRelease(manifest.answers)
  const neighbour = NEIGHBOURS.find((one) => one.name === name)
  const all = await textsUnder(folder)
  const inBase = '.plinth/base/'
  return {
    name,
    folder,
    manifest,
    release: neighbour?.release(head) ?? head,
    files: new Map([...all].filter(([file]) => !file.startsWith('.plinth/'))),
    base: new Map(
      [...all]
        .filter(([file]) => file.startsWith(inBase))
        .map(([file, text]) => [file.slice(inBase.length), text]),
    ),
  }
}

/** The service as an update reads it, with the files that an owner made of it. */
export function treeOf(state: State, files: Files): ServiceTree {
  const { base, folder, manifest, release } = state
  const ownMoves = movesIn(state, files)
  const shared = [...base.keys(), ...release.files.keys(), ...ownMoves.values()].filter(isShared)
  return {
    folder,
    manifest,
    base,
    ownMoves,
    present: new Map([...new Set(shared)].map((file) => [file, presentIn(files, file)])),
    own: new Map([...files].filter(([file]) => ownershipOf(file) === 'yours')),
  }
}

/** Files that stand elsewhere than in the state, with the same text: what git would call moved. */
function movesIn({ files: before }: State, files: Files): ReadonlyMap<string, string> {
  const gone = [...before].filter(([file]) => !files.has(file))
  const made = [...files].filter(([file]) => !before.has(file))
  return new Map(
    gone.flatMap(([file, text]) => {
      const to = made.find(([, other]) => other === text)?.[0]
      return to === undefined ? [] : [[file, to] as const]
    }),
  )
}

function presentIn(files: Files, file: string): Present {
  const text = files.get(file)
  return text === undefined ? { kind: 'absent' } : { kind: 'text', text }
}

function isShared(file: string): boolean {
  return ownershipOf(file) === 'shared'
}

async function textsUnder(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const read = files.map(async (entry) => {
    const file = path.join(entry.parentPath, entry.name)
    const name = path.relative(folder, file).split(path.sep).join('/')
    return [name, await readFile(file, 'utf8')] as const
  })
  return new Map(await Promise.all(read))
}
