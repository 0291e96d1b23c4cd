import { type Examined, examined, type Finding, skipped } from './finding.ts'
import type { Subject } from './subject.ts'

/**
 * Whether the database answers and as whom; and, where the owner's URL is there to ask with, whether it
 * is as the migrations left it. The app role may not read that, and production has no other.
 */
export async function examineDatabase(subject: Subject): Promise<Examined> {
  if (!subject.loaded.ok) return skipped('the configuration has faults to mend first')
  if (subject.supplied.has('database.url'))
    return skipped('no database runs here; start one with `npm run dev`, or set DATABASE_URL')
  const role = await roleFindings(subject)
  if (role.some(({ code }) => code === 'database.unreachable')) return examined(role)
  if (databaseOf(subject)['owner_url'] === undefined) return examined(role)
  return examined([...role, ...(await standingFindings())])
}

/** A service gives up sooner; here a slow answer is an answer. */
const PATIENCE_MS = 10_000

async function roleFindings(subject: Subject): Promise<readonly Finding[]> {
  const [{ databaseSettings, openDatabase, roleStanding }, { systemClock }] = await Promise.all([
    import('plinth/data'),
    import('plinth/kernel'),
  ])
  const settings = databaseSettings.parse({
    ...databaseOf(subject),
    pool_size: 1,
    connect_timeout_ms: PATIENCE_MS,
  })
  const database = openDatabase({ settings, clock: systemClock, log: silent })
  try {
    const standing = await roleStanding(database.platform)
    if (standing.code === 'refused') return [refused(standing.sentence)]
    return standing.ownsTables ? [OWNER] : []
  } catch {
    return [UNREACHABLE]
  } finally {
    await database.close()
  }
}

function databaseOf({ loaded }: Subject): Readonly<Record<string, unknown>> {
  const found: unknown = loaded.ok ? Reflect.get(loaded.config, 'database') : undefined
  return typeof found === 'object' && found !== null ? { ...found } : {}
}

const silent = { info() {}, warn() {}, error() {} }

function refused(sentence: string): Finding {
  const [says = sentence, fix = 'Run `plinth db setup`'] = sentence.split(' → ')
  return { code: 'database.role', severity: 'error', says: `${says}.`, fix }
}

const OWNER: Finding = {
  code: 'database.owner',
  severity: 'warning',
  says: 'The service connects as the role that owns the tables, so a flaw in one handler could drop row-level security.',
  fix: 'Run `plinth db setup --admin-url …` and use the app URL that it prints.',
}

const UNREACHABLE: Finding = {
  code: 'database.unreachable',
  severity: 'error',
  says: 'The database at database.url does not answer, or does not let this role in.',
  fix: 'Check DATABASE_URL (`plinth db url`) and that the server runs; roles are made by `plinth db setup --admin-url …`.',
}

/** Pending migrations first: a database that is behind differs in many more ways. */
async function standingFindings(): Promise<readonly Finding[]> {
  const [{ statusOfSets }, { faultsOfService }] = await Promise.all([
    import('../db/status.ts'),
    import('../db/faults.ts'),
  ])
  const pending = (await statusOfSets()).flatMap((set) => set.pending)
  if (pending.length > 0)
    return [
      {
        code: 'database.pending',
        severity: 'error',
        says: `${pending.length} migrations are not applied: ${pending.join(', ')}.`,
        fix: 'Run `plinth db upgrade`.',
      },
    ]
  const faults = await faultsOfService()
  return faults.map((says) => ({
    code: 'database.drift',
    severity: 'error',
    says: `${says}.`,
    fix: 'Run `plinth db check` for all of it; write a migration for what was changed by hand.',
  }))
}
