import { resolve } from 'node:path'
import { nearest } from '../kernel/index.ts'
import type { Fault } from './fault.ts'
import { readSmallFile } from './small-file.ts'
import type { Tree, TreeMap } from './tree.ts'
import { emptyMap } from './tree.ts'
import { parseYaml } from './yaml-tree.ts'

const MAX_BYTES = 1024 * 1024
const TOP = 'config'

/** The `config:` block of a file, and what was wrong with the file. */
export interface ConfigFile {
  readonly tree: TreeMap
  readonly faults: readonly Fault[]
}

/** Reads the `config:` block of a YAML file; null reads nothing. */
export async function readConfigFile(cwd: string, file: string | null): Promise<ConfigFile> {
  if (file === null) return { tree: emptyMap('environment'), faults: [] }
  const read = await readSmallFile(resolve(cwd, file), MAX_BYTES)
  if (read.code === 'text') return topBlock(parseYaml(read.text, file), file)
  const absent = read.code === 'absent'
  const says = absent ? 'this file is not in the folder of the service' : read.says
  const fix = absent
    ? 'change to that folder, or write one that starts with: config:'
    : 'mend the file'
  return { tree: emptyMap(file), faults: [{ code: 'config.file', place: file, says, fix }] }
}

function topBlock(
  { tree, faults }: { tree: Tree; faults: readonly Fault[] },
  file: string,
): ConfigFile {
  if (faults.length > 0) return { tree: emptyMap(file), faults }
  if (tree.kind !== 'map')
    return { tree: emptyMap(file), faults: isBlank(tree) ? [] : [noBlock(file)] }
  const strays = [...tree.entries]
    .filter(([name]) => name !== TOP)
    .map(([name, node]) => stray(name, node))
  const block = tree.entries.get(TOP)
  if (block === undefined || isBlank(block)) return { tree: emptyMap(file), faults: strays }
  if (block.kind !== 'map')
    return { tree: emptyMap(file), faults: [...strays, noBlock(block.place)] }
  return { tree: block, faults: strays }
}

function isBlank(tree: Tree): boolean {
  return tree.kind === 'scalar' && tree.value === null
}

function stray(name: string, { place }: Tree): Fault {
  const isSlip = nearest(name, [TOP]) !== undefined
  const fix = isSlip ? 'did you mean config?' : 'move it into the block config:'
  return {
    code: 'config.unknown_key',
    place,
    key: name,
    says: 'stands outside the block config:',
    fix,
  }
}

function noBlock(place: string): Fault {
  const says = 'holds no block of settings'
  return {
    code: 'config.syntax',
    place,
    says,
    fix: 'start the file with config: and indent the settings under it',
  }
}
