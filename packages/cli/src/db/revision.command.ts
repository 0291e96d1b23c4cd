import { defineCommand } from 'citty'
import { CliError, misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { say, whileWaiting } from '../dev/terminal.ts'
import type { RunOptions } from './migration-run.ts'
import type { RevisionRequest, RevisionResult } from './revision/index.ts'
import { valuesOf } from './values-of.ts'

/** `plinth db revision`: writes the migrations that the entities ask for. */
export const revisionCommand = defineCommand({
  meta: { description: 'Write the migration that leads to the entities as they are declared' },
  args: {
    message: {
      type: 'string',
      alias: 'm',
      valueHint: 'add weight',
      description: 'What changes, in a few words; it names the files',
    },
    autogenerate: {
      type: 'boolean',
      description: 'As it is anyway; for hands used to other tools',
    },
    rename: {
      type: 'string',
      valueHint: 'product.cost=price',
      description: 'A column, or product=item for an entity, that is called otherwise; repeatable',
    },
    'allow-destructive': { type: 'boolean', description: 'What is gone may go with its values' },
    check: { type: 'boolean', description: 'Write nothing; exit 1 when a migration is missing' },
    'dry-run': { type: 'boolean', description: 'Print the migrations and write none' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args, rawArgs }) {
    const { service } = devFolder()
    await refuseExternal(service)
    if (args.check) return checkOnly(service, args.json === true)
    if (args.message === undefined)
      throw misuse('Say what changes, in a few words: npx plinth db revision -m "add weight"')
    const { slugOf } = await import('./revision/index.ts')
    if (slugOf(args.message) === '') throw misuse(NO_NAME)
    const request: RevisionRequest = {
      service,
      message: args.message,
      renames: valuesOf(rawArgs, 'rename'),
      allowDestructive: args['allow-destructive'] === true,
      dryRun: args['dry-run'] === true,
    }
    const asks = process.stdin.isTTY && process.stdout.isTTY
    if (args.json) return report(await writeQuietly(request), args)
    report(await (asks ? askedUntilSure(request) : revised(request)), args)
  },
})

const NO_NAME =
  'What -m says names the files, so it needs letters of the Latin alphabet or digits: npx plinth db revision -m "add weight"'

async function refuseExternal(service: string): Promise<void> {
  const { areMigrationsExternal, externalMigrations } = await import('./external-migrations.ts')
  if (await areMigrationsExternal(service)) throw externalMigrations()
}

async function writeQuietly(request: RevisionRequest): Promise<RevisionResult> {
  const { writeRevision } = await import('./revision/index.ts')
  return writeRevision(request)
}

function revised(request: RevisionRequest): Promise<RevisionResult> {
  return whileWaiting('Comparing migrations and entities', writeQuietly(request))
}

async function askedUntilSure(request: RevisionRequest): Promise<RevisionResult> {
  const result = await revised(request)
  if (result.code !== 'ambiguous' && result.code !== 'destructive') return result
  const { answerTo } = await import('./revision/ask.ts')
  const answer = await answerTo(result)
  if (answer === undefined) return result
  return askedUntilSure({
    ...request,
    renames: [...(request.renames ?? []), ...answer.renames],
    allowDestructive: answer.allowDestructive,
  })
}

function report(result: RevisionResult, args: RunOptions): void {
  const isUnsure = result.code === 'ambiguous' || result.code === 'destructive'
  if (args.json) {
    say(JSON.stringify(result))
    if (isUnsure) process.exitCode = 2
    return
  }
  if (isUnsure) throw misuse(result.text)
  if (result.code === 'nothing' || args['dry-run']) return say(result.text)
  for (const file of result.files) say(`wrote  ${file}`)
  say('Read them, then apply them: npx plinth db upgrade')
}

async function checkOnly(service: string, json: boolean): Promise<void> {
  const { entitiesWithoutMigration } = await import('./revision/index.ts')
  const comparing = entitiesWithoutMigration(service)
  const missing = await (json
    ? comparing
    : whileWaiting('Comparing migrations and entities', comparing))
  if (json) say(JSON.stringify({ withoutMigration: missing }))
  if (missing.length === 0) {
    if (!json) say('The committed migrations lead to what is declared.')
    return
  }
  throw new CliError(
    `No committed migration leads to ${missing.join(', ')} as declared; run: npx plinth db revision -m "what changes"`,
  )
}
