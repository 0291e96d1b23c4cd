import { defineCommand } from 'citty'
import type { Seeded } from 'plinth/identity'
import { CliError, misuse } from '../cli-error.ts'
import { serviceDatabase } from '../db/service-database.ts'
import { say } from '../dev/terminal.ts'

/** `plinth seed`: the built-in roles, and the first administrator. */
export const seedCommand = defineCommand({
  meta: { name: 'seed', description: 'Make somebody the administrator of a tenant' },
  args: {
    'admin-email': {
      type: 'string',
      valueHint: 'ana@example.com',
      description: 'Address of the administrator; a person of it is made when there is none',
    },
    'admin-person-id': {
      type: 'string',
      valueHint: 'id',
      description: 'Id of the administrator, where several people have the address',
    },
    'admin-name': { type: 'string', valueHint: 'Ana', description: 'Name of a person who is made' },
    tenant: {
      type: 'string',
      valueHint: 'main',
      description: 'Tenant, by id or short name, made when there is none; by default the only one',
    },
    'dry-run': { type: 'boolean', description: 'Say what would be done, and change nothing' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const { 'admin-email': email, 'admin-person-id': person, 'dry-run': dryRun, tenant } = args
    if ((email === undefined) === (person === undefined))
      throw misuse('Say --admin-email with an address, or --admin-person-id with an id.')
    const wish = { email, person, name: args['admin-name'], tenant }
    const seeded = refuse(await seedHere(wish, dryRun === true), wish)
    if (args.json) say(JSON.stringify(shown(seeded)))
    else for (const line of lines(seeded, dryRun === true)) say(line)
  },
})

interface Wish {
  readonly email: string | undefined
  readonly person: string | undefined
  readonly name: string | undefined
  readonly tenant: string | undefined
}

/** Seeds as the running service would: the role of the app is enough. */
async function seedHere(wish: Wish, dryRun: boolean): Promise<Seeded> {
  const { settings, tenancyMode: mode } = await serviceDatabase()
  const [{ databaseSettings, openDatabase }, { systemClock: clock }, { seedAdministrator }] =
    await Promise.all([import('plinth/data'), import('plinth/kernel'), import('plinth/identity')])
  const database = openDatabase({
    settings: databaseSettings.parse({ ...settings, pool_size: 1 }),
    clock,
    log: { info() {}, warn() {}, error() {} },
  })
  try {
    return await seedAdministrator({ platform: database.platform, clock, mode, dryRun }, wish)
  } finally {
    await database.close()
  }
}

type Done = Extract<Seeded, { readonly code: 'seeded' }>

function refuse(seeded: Seeded, { email, person, tenant }: Wish): Done {
  const who = email ?? person
  switch (seeded.code) {
    case 'seeded':
      return seeded
    case 'bad_email':
      throw misuse(`"${email}" is no e-mail address.`)
    case 'person_unknown':
      throw new CliError(`There is no person ${who}; say --admin-email to have one made.`)
    case 'person_disabled':
      throw new CliError(`${who} is deactivated; activate them first, or name somebody else.`)
    case 'several_people':
      throw new CliError(
        `Several people have the address ${who}. Name one with --admin-person-id:\n` +
          seeded.people.map(({ id, name }) => `  ${id}  ${name}`).join('\n'),
      )
    case 'bad_tenant':
      throw misuse(
        `"${tenant}" names no tenant that can be seeded: it is shut, or no short name of a-z, 0-9 and -, or the service has no tenants (tenancy.mode: none).`,
      )
    case 'several_tenants':
      throw misuse(
        `There are several tenants. Say --tenant with one of ${seeded.tenants.map(({ slug }) => slug).join(', ')}.`,
      )
  }
}

function lines({ person, tenant, rolesMade, given }: Done, dryRun: boolean): readonly string[] {
  const who = `${person.name} (${person.id})`
  const would = dryRun ? 'would be' : 'was'
  const done = [
    tenant.isNew && `tenant ${tenant.slug} ${would} made`,
    rolesMade > 0 && `${rolesMade} built-in roles ${would} made in ${tenant.slug}`,
    person.isNew && `${who} ${would} made; they set a password by "forgot password"`,
    given && `${who} ${dryRun ? 'would get' : 'has got'} the role admin in ${tenant.slug}`,
  ].filter((line) => line !== false)
  return done.length > 0 ? done : [`${who} is an administrator of ${tenant.slug} already`]
}

function shown({ person, tenant, rolesMade, given }: Done) {
  const { isNew: made, ...who } = person
  return {
    person: { ...who, made },
    tenant: { id: tenant.id, slug: tenant.slug, made: tenant.isNew },
    roles_made: rolesMade,
    admin_given: given,
  }
}
