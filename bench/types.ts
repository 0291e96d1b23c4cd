import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from './measure.ts'
import type { Figure } from './start-up.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc')
const ROUNDS = 3

/** What so many entities may add to the type check of a service, in seconds. */
const TARGETS = [
  { entities: 50, seconds: 1.5 },
  { entities: 200, seconds: 3 },
] as const

/** Type-checks services of many entities: what each adds to one that has none. */
export async function measureTypes(): Promise<readonly Figure[]> {
  const empty = await secondsFor(0)
  const figures: Figure[] = []
  for (const { entities, seconds } of TARGETS) {
    const value = (await secondsFor(entities)) - empty
    figures.push({
      name: `types_${entities}`,
      title: `types of ${entities} entities, above a service without`,
      value,
      unit: 's',
      target: seconds,
    })
  }
  return figures
}

async function secondsFor(entities: number): Promise<number> {
  const folder = writeProject(entities)
  try {
    const seconds: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const began = performance.now()
      await run(process.execPath, [COMPILER, '-p', '.'], { cwd: folder }).catch(explain)
      seconds.push((performance.now() - began) / 1_000)
    }
    return median(seconds)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Only what was generated must be sound: the library's own sources are checked elsewhere. */
function explain({ stdout = '' }: { readonly stdout?: string }): void {
  const faults = stdout.split('\n').filter((line) => line.startsWith('src/'))
  if (faults.length > 0 || stdout === '') {
    throw new Error(`the generated entities do not type-check:\n${faults.slice(0, 9).join('\n')}`)
  }
}

function writeProject(entities: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-types-'))
  mkdirSync(join(folder, 'src'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir')
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'template/tsconfig.json'),
      compilerOptions: { customConditions: ['plinth-source'], typeRoots: [TYPES] },
      include: ['src'],
    }),
  )
  writeFileSync(join(folder, 'src/main.ts'), MAIN)
  for (let at = 0; at < entities; at += 1) {
    writeFileSync(join(folder, `src/thing-${at}.ts`), entityText(`thing_${at}`))
  }
  return folder
}

const TYPES = join(ROOT, 'node_modules/@types')

/** The service that has no entity yet still loads everything that one needs. */
const MAIN = `
import { crud, entity, feature, money, ref } from 'plinth'
import { timestamp } from 'plinth/data'
import { z } from 'zod'
export const everything = [crud, entity, feature, money, ref, timestamp, z.string()]
`

/** A module with an entity of twelve columns, every option that has a type of its own, and code that uses the row. */
export function entityText(name: string): string {
  return `
import type { Db, Row } from 'plinth'
import { crud, entity, feature, money, ref } from 'plinth'
import { timestamp } from 'plinth/data'
import { z } from 'zod'

export const ${name} = entity(
  '${name}',
  {
    sku: z.string().regex(/^[A-Z0-9-]{3,40}$/),
    name: z.string().trim().min(1).max(200).describe('Shown on the invoice'),
    note: z.string().optional(),
    price: money().min(0),
    cost: money().default(0),
    stock: z.int32().min(0).default(0),
    ratio: z.number().nullable(),
    live: z.boolean().default(false),
    status: z.enum(['draft', 'live', 'retired']).default('draft'),
    due: timestamp().nullable(),
    tags: z.array(z.string()).default([]),
    parent_id: ref('${name}').nullable(),
  },
  {
    hidden: ['cost'],
    serverOnly: ['status'],
    unique: [['sku']],
    index: [['status', 'created_at']],
    search: ['name', 'note'],
    pii: ['note'],
    owned: 'person',
    softDelete: true,
    rules: [{ message: 'A live one has stock', path: 'stock', holds: (row) => row.stock > 0 }],
    computed: { in_stock: [z.boolean(), (row) => row.stock > 0] },
  },
)

export const ${name}Feature = feature('${name}', { entities: [${name}], routes: [crud(${name})] })

export async function restock(db: Db, row: Row<typeof ${name}>): Promise<number> {
  const changed = await ${name}.update(db, row.id, { stock: row.stock + 1 })
  return ${name}.present(changed).in_stock ? changed.stock : changed.price
}
`
}
