import { type FSWatcher, statSync, watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** Folders of a service whose files make a restart when they change. */
const FOLDERS = ['src', 'migrations'] as const
/** Files in its root that do the same. */
const ROOT_FILE = /^(config\.yaml|package\.json|\.env(\..+)?)$/
/** Editors' own files, what the server writes itself when it starts, and tests, which it never loads. */
const IGNORED =
  /(^|\/)(node_modules|generated|\.[^/]*|[^/]*~|[^/]*\.sw[a-z]|[^/]*\.test\.[cm]?tsx?)(\/|$)/
const SETTLE_MS = 60
/** Where the system cannot watch (network folders, too many watches), files are compared this often. */
const POLL_MS = 1000

/** Stops watching. */
export interface Watching {
  close(): void
}

/**
 * Calls back with the files that changed, relative to the service, once they stopped changing.
 * Events of the system are only a hint: what counts is that a file's time or size is another.
 */
export async function watchFiles(
  service: string,
  changed: (files: readonly string[]) => void,
): Promise<Watching> {
  let known = await snapshot(service)
  let timer: NodeJS.Timeout | undefined
  const compare = async () => {
    const now = await snapshot(service)
    const files = [...new Set([...known.keys(), ...now.keys()])].filter(
      (file) => known.get(file) !== now.get(file),
    )
    known = now
    if (files.length > 0) changed(files)
  }
  const settle = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void compare(), SETTLE_MS)
  }
  const watchers = [
    openWatcher(service, false, settle),
    ...FOLDERS.map((folder) => openWatcher(join(service, folder), true, settle)),
  ]
  const poll = watchers.includes(undefined) ? setInterval(settle, POLL_MS) : undefined
  return {
    close() {
      clearTimeout(timer)
      clearInterval(poll)
      for (const watcher of watchers) watcher?.close()
    },
  }
}

function openWatcher(path: string, recursive: boolean, hint: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { recursive }, hint)
    watcher.on('error', hint)
    return watcher
  } catch {
    return undefined
  }
}

type Snapshot = ReadonlyMap<string, string>

async function snapshot(service: string): Promise<Snapshot> {
  const root = (await readdir(service).catch(() => [])).filter((name) => ROOT_FILE.test(name))
  const below = await Promise.all(FOLDERS.map((folder) => filesIn(service, folder)))
  return new Map(
    [...root, ...below.flat()].flatMap((file) => {
      const stat = statSync(join(service, file), { throwIfNoEntry: false })
      return stat === undefined ? [] : [[file, `${stat.mtimeMs}:${stat.size}`] as const]
    }),
  )
}

async function filesIn(service: string, folder: string): Promise<readonly string[]> {
  const root = join(service, folder)
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(service, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !IGNORED.test(file))
}
