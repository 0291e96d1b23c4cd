import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median } from './measure.ts'
import { CLI, MODULES } from './service-copy.ts'
import type { Figure } from './start-up.ts'

const run = promisify(execFile)
const ROUNDS = 3

/** Makes services without installing them, then runs the tests of one that has three entities. */
export async function measureNew(): Promise<readonly Figure[]> {
  const place = await mkdtemp(join(tmpdir(), 'plinth-bench-new-'))
  const make = (name: string) => seconds(place, CLI, 'new', name, '--yes', '--no-install')
  try {
    // The first one packs this checkout; the next ones find it packed.
    await make('first')
    const rounds = Array.from({ length: ROUNDS }, (_, at) => `round-${at}`)
    const took: number[] = []
    for (const name of rounds) took.push(await make(name))
    return [
      {
        name: 'new',
        title: '`plinth new` without install',
        value: median(took),
        unit: 's',
        target: 2,
      },
      {
        name: 'suite',
        title: 'suite of a fresh service, three entities',
        value: await suite(join(place, 'first')),
        unit: 's',
        target: 15,
      },
    ]
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

async function suite(service: string): Promise<number> {
  await symlink(MODULES, join(service, 'node_modules'), 'dir')
  await seconds(service, CLI, 'entity', 'add', 'Category', 'name:string')
  await seconds(service, CLI, 'entity', 'add', 'Invoice', 'number:string', 'total:money')
  return seconds(service, '--test', 'src/**/*.test.ts', 'tests/**/*.test.ts')
}

/** How long the pinned Node takes for a command. */
async function seconds(cwd: string, ...args: readonly string[]): Promise<number> {
  const began = performance.now()
  await run(process.execPath, args, { cwd })
  return (performance.now() - began) / 1_000
}
