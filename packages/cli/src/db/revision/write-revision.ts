import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { areMigrationsExternal, externalMigrations } from '../external-migrations.ts'
import type { Changes } from './compare.ts'
import { commandOf, type Doubt, doubtsOf, doubtText } from './doubts.ts'
import { entitiesOf } from './entities-of.ts'
import type { MigrationText } from './migration-texts.ts'
import { migrationsFolder, revise } from './revise.ts'

/** What `plinth db revision` was asked for. */
export interface RevisionRequest {
  /** Root folder of the service. */
  readonly service: string
  /** What changes, in a few words: it names the files. */
  readonly message: string
  /** `product.cost=price` or `product=item`, each. */
  readonly renames?: readonly string[]
  /** Whether what goes may go with all that it holds. */
  readonly allowDestructive?: boolean
  /** Makes the text and writes no file. */
  readonly dryRun?: boolean
}

/** What came of it. */
export type RevisionResult =
  | {
      readonly code: 'written'
      /** Relative to the service; in a dry run those that would be written. */
      readonly files: readonly string[]
      /** All of them, as a person may read them in one go. */
      readonly text: string
    }
  | { readonly code: 'nothing'; readonly files: readonly []; readonly text: string }
  | {
      /** Something went and something came: nobody but a person knows whether it is one thing. */
      readonly code: 'ambiguous'
      readonly files: readonly []
      /** What to say next, with the commands. */
      readonly text: string
      readonly doubts: readonly Doubt[]
    }
  | {
      readonly code: 'destructive'
      readonly files: readonly []
      readonly text: string
      /** `every value of app.products.cost`. */
      readonly loses: readonly string[]
    }

/**
 * Writes the migrations that lead from the committed ones to the declared entities.
 * @throws CliError when the committed migrations cannot be run, or the new ones do not hold
 */
export async function writeRevision(request: RevisionRequest): Promise<RevisionResult> {
  const { service, message, renames = [], allowDestructive = false, dryRun = false } = request
  if (await areMigrationsExternal(service)) {
    return { code: 'nothing', files: [], text: externalMigrations().message }
  }
  const folder = migrationsFolder(service)
  const plan = { folder, entities: await entitiesOf(service), message, renames }
  const isSure = (changes: Changes) => allowDestructive || losesOf(changes).length === 0
  const { changes, texts } = await revise(plan, isSure)
  if (texts.length === 0) return { code: 'nothing', files: [], text: NOTHING }
  if (!isSure(changes)) return unsure(changes, request)
  if (!dryRun) await write(folder, texts)
  return { code: 'written', files: texts.flatMap(filesOf), text: texts.map(readable).join('\n') }
}

const NOTHING = 'The committed migrations lead to what is declared; there is nothing to write.'

function losesOf({ pieces }: Changes): string[] {
  return pieces.flatMap(({ loses }) => loses ?? [])
}

function unsure(changes: Changes, request: RevisionRequest): RevisionResult {
  const doubts = doubtsOf(changes)
  if (doubts.length > 0) {
    return { code: 'ambiguous', files: [], text: doubtText(doubts, request), doubts }
  }
  const loses = losesOf(changes)
  const text = `This loses ${loses.join(' and ')}. If it may go: ${commandOf(request)} --allow-destructive`
  return { code: 'destructive', files: [], text, loses }
}

async function write(folder: string, texts: readonly MigrationText[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const { name, up, down } of texts) {
    await writeFile(join(folder, `${name}.up.sql`), up, { flag: 'wx' })
    await writeFile(join(folder, `${name}.down.sql`), down, { flag: 'wx' })
  }
}

function filesOf({ name }: MigrationText): string[] {
  return [`migrations/${name}.up.sql`, `migrations/${name}.down.sql`]
}

function readable({ name, up, down }: MigrationText): string {
  return `-- ${name}.up.sql\n${up}\n-- ${name}.down.sql\n${down}`
}
