import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CliError } from '../cli-error.ts'
import { checkoutFolder } from '../template/template-files.ts'

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))
/** Beside the built program: the sources of what can be ejected, by room and file. */
const PACKED = join(PACKAGE, 'eject.json')

/** Rooms of the platform whose sources the command line carries. */
export const CARRIED_ROOMS = ['web'] as const

/**
 * The source of a room as a service can have it: its files by name, what they take from other rooms
 * imported from the package.
 * @throws CliError when a file needs what the package does not export
 */
export async function featureSource(room: string): Promise<ReadonlyMap<string, string>> {
  const checkout = checkoutFolder()
  const files = checkout === undefined ? await packed(room) : await readRoom(checkout, room)
  return new Map([...files].map(([name, text]) => [name, fromOutside(name, text)]))
}

/** The sources of a room in a checkout, without its tests. */
export async function readRoom(
  checkout: string,
  room: string,
): Promise<ReadonlyMap<string, string>> {
  const folder = join(checkout, 'packages', 'plinth', 'src', room)
  const names = (await readdir(folder)).filter((name) => /(?<!\.test|\.fixture)\.ts$/.test(name))
  const read = names
    .sort()
    .map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)
  return new Map(await Promise.all(read))
}

async function packed(room: string): Promise<ReadonlyMap<string, string>> {
  if (!existsSync(PACKED))
    throw new CliError(
      'This installation of @plinth/cli is not whole: eject.json is missing; install it again.',
    )
  const rooms: Record<string, Record<string, string>> = JSON.parse(await readFile(PACKED, 'utf8'))
  return new Map(Object.entries(rooms[room] ?? {}))
}

/** Subpaths of the package, by the room that each is the face of. */
const FACES: Readonly<Record<string, string>> = {
  access: 'plinth/access',
  feature: 'plinth/feature',
  identity: 'plinth/identity',
  kernel: 'plinth/kernel',
}

function fromOutside(name: string, text: string): string {
  return text.replaceAll(/from '\.\.\/([\w-]+)\/index\.ts'/g, (_all, room: string) => {
    const face = FACES[room]
    if (face === undefined)
      throw new CliError(`${name} needs ${room}, which plinth does not export.`)
    return `from '${face}'`
  })
}
