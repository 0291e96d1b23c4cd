import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'

/** `plinth db setup`: roles, database, schemas and grants; whatever of them is missing. */
export const setupCommand = defineCommand({
  meta: { description: 'Make roles, database, schemas and grants, whatever of them is missing' },
  args: {
    'admin-url': {
      type: 'string',
      required: true,
      valueHint: 'postgresql://postgres:…@host/app_db',
      description: 'URL of a superuser, or of a user that may create roles and databases',
    },
    database: { type: 'string', description: 'Database to set up; the one of the URL by default' },
    'dry-run': { type: 'boolean', description: 'Only print the SQL that is missing' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const { setupRoles } = await import('plinth/data')
    const dryRun = args['dry-run'] === true
    const result = await setupRoles({
      adminUrl: args['admin-url'],
      dryRun,
      ...(args.database !== undefined && { database: args.database }),
    }).catch(failed)
    if (args.json) say(JSON.stringify(result, null, 2))
    else for (const line of dryRun ? sqlOf(result) : linesOf(result)) say(line)
  },
})

type Result = Awaited<ReturnType<typeof import('plinth/data')['setupRoles']>>

function sqlOf({ statements }: Result): readonly string[] {
  return statements.map((statement) => `${statement};`)
}

function linesOf({ urls, generated }: Result): readonly string[] {
  const kept = generated.length < Object.keys(urls).length
  return [
    'The database is set up. For the running service:',
    `  DATABASE_URL=${urls.app}`,
    'For "plinth db upgrade" only, never in the service:',
    `  DATABASE_OWNER_URL=${urls.owner}`,
    'For people who only read:',
    `  ${urls.readonly}`,
    ...(generated.length > 0 ? ['New passwords are shown this once; keep them now.'] : []),
    ...(kept ? ['Roles that were there before keep their password, which is not shown.'] : []),
  ]
}

/** What the server says may repeat the user's name, never a password. */
function failed(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new CliError(`The database could not be set up: ${reason}`, 1, cause)
}
