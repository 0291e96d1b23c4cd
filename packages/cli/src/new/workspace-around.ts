import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { PACKAGE_MANAGERS, type PackageManager } from '../template/answers.ts'
import { SPELLINGS } from '../template/spellings.ts'

/** A workspace of a package manager, above a new service. */
export interface Workspace {
  readonly root: string
  /** The file that lists its members. */
  readonly listedIn: 'package.json' | 'pnpm-workspace.yaml'
  /** Whether its patterns name the new folder. */
  readonly member: boolean
  /** Known by its lockfile, or by `packageManager` in its package.json. */
  readonly packageManager: PackageManager | undefined
}

/** The nearest workspace above a folder; undefined when it stands alone. */
export function workspaceAround(folder: string): Workspace | undefined {
  for (let root = dirname(folder); ; root = dirname(root)) {
    const listed = membersOf(root)
    if (listed !== undefined)
      return {
        root,
        listedIn: listed.listedIn,
        member: isMember(relative(root, folder).split(sep).join('/'), listed.patterns),
        packageManager: packageManagerOf(root),
      }
    if (root === dirname(root)) return undefined
  }
}

interface Listed {
  readonly listedIn: Workspace['listedIn']
  readonly patterns: readonly string[]
}

function membersOf(root: string): Listed | undefined {
  const pnpm = join(root, 'pnpm-workspace.yaml')
  if (existsSync(pnpm)) {
    const [, block = ''] = /^packages:\s*\n((?:[ \t]*(?:-.*|#.*)?\n?)*)/m.exec(read(pnpm)) ?? []
    const items = [...block.matchAll(/^[ \t]*-[ \t]*(['"]?)([^'"#\n]+)\1/gm)]
    return {
      listedIn: 'pnpm-workspace.yaml',
      patterns: items.map((item) => (item[2] ?? '').trim()),
    }
  }
  const workspaces = field(packageJsonIn(root), 'workspaces')
  const patterns = Array.isArray(workspaces) ? workspaces : field(workspaces, 'packages')
  if (!Array.isArray(patterns)) return undefined
  return { listedIn: 'package.json', patterns: patterns.filter((each) => typeof each === 'string') }
}

/** The last pattern that fits decides; one with `!` takes out. */
function isMember(path: string, patterns: readonly string[]): boolean {
  const last = patterns.findLast((pattern) => matcher(pattern.replace(/^!/, '')).test(`${path}/`))
  return last !== undefined && !last.startsWith('!')
}

function matcher(pattern: string): RegExp {
  const parts = pattern.replace(/^\.\//, '').replace(/\/$/, '').split('/')
  const expressions = parts.map((part) =>
    part === '**'
      ? '(?:[^/]+/)*'
      : `${part.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '[^/]*')}/`,
  )
  return new RegExp(`^${expressions.join('')}$`)
}

function packageManagerOf(root: string): PackageManager | undefined {
  const byLockfile = PACKAGE_MANAGERS.find((name) =>
    existsSync(join(root, SPELLINGS[name].lockfile)),
  )
  const said = field(packageJsonIn(root), 'packageManager')
  const byField = PACKAGE_MANAGERS.find((name) => String(said).startsWith(`${name}@`))
  return byField ?? byLockfile
}

function packageJsonIn(root: string): unknown {
  try {
    return JSON.parse(read(join(root, 'package.json')))
  } catch {
    // A folder without one, or with one that its owner is writing, is no workspace.
    return undefined
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function read(file: string): string {
  return readFileSync(file, 'utf8')
}
