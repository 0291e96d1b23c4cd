import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Migration } from 'plinth/data'
import { CliError } from '../../cli-error.ts'
import { compare } from './compare.ts'
import type { Comparison, Tables } from './inspect.ts'
import { runMigrations } from './lay-out.ts'
import type { MigrationText } from './migration-texts.ts'
import type { RevisionPlan } from './revise.ts'
import type { Scratch } from './scratch.ts'

/** A migration that nobody has seen yet, and what it should lead to. */
export interface Claim {
  /** The database that the committed migrations made. */
  readonly scratch: Scratch
  /** It, beside the one with the declared tables. */
  readonly comparison: Comparison
  readonly plan: RevisionPlan
  readonly migrations: readonly Migration[]
  readonly texts: readonly MigrationText[]
}

/**
 * Runs new migrations up and down on a scratch database.
 * @throws CliError when they fail, do not lead to the declared tables, or do not lead back
 */
export async function prove(claim: Claim): Promise<void> {
  const { scratch, comparison, plan, migrations, texts } = claim
  const { before, wanted, again } = comparison
  const folder = await mkdtemp(join(tmpdir(), 'plinth-revision-'))
  try {
    for (const { name, up, down } of [...migrations, ...texts]) {
      await writeFile(join(folder, `${name}.up.sql`), up)
      await writeFile(join(folder, `${name}.down.sql`), down)
    }
    await runMigrations(scratch, folder).catch(cannot('run', texts))
    const after = await again()
    const left = compare({ written: after, declared: wanted, entities: plan.entities }).pieces
    if (left.length > 0) {
      throw wrong('lead to what is declared', left.flatMap(({ up }) => up).join('; '), texts)
    }
    const start = migrations.at(-1)?.number ?? 0
    await runMigrations(scratch, folder, start).catch(cannot('lead back', texts))
    const back = textOf(await again())
    const origin = textOf(before)
    if (back !== origin) {
      throw wrong('lead back to where it began', difference(origin, back), texts)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function cannot(way: string, texts: readonly MigrationText[]) {
  return (cause: unknown): never => {
    throw wrong(way, cause instanceof Error ? cause.message : String(cause), texts)
  }
}

function wrong(way: string, what: string, texts: readonly MigrationText[]): CliError {
  const all = texts.map(({ name, up, down }) => `-- ${name}\n${up}\n-- down\n${down}`).join('\n')
  return new CliError(
    `No migration was written, because the one that was made does not ${way} (${what}); write it by hand, beginning with:\n${all}`,
  )
}

/** Tables as text, whatever the order of their parts. */
function textOf(tables: Tables): string {
  const sorted = (value: unknown): unknown => {
    if (value instanceof Map) return [...value].sort().map(([key, inner]) => [key, sorted(inner)])
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.entries(value).map(([key, inner]) => [key, sorted(inner)])
  }
  return JSON.stringify(sorted(new Map(tables)), undefined, 1)
}

function difference(one: string, other: string): string {
  const [before, after] = [one.split('\n'), other.split('\n')]
  const gone = before.filter((line) => !after.includes(line))
  const come = after.filter((line) => !before.includes(line))
  return [...gone.map((line) => `-${line.trim()}`), ...come.map((line) => `+${line.trim()}`)].join(
    ' ',
  )
}
