import { defineCommand } from 'citty'
import type { PlatformDb } from 'plinth/data'
import type { PlatformGrant } from 'plinth/tenancy'
import { CliError } from '../cli-error.ts'
import { asOwner } from '../db/as-owner.ts'
import { say } from '../dev/terminal.ts'

const who = {
  type: 'positional',
  required: true,
  description: 'Verified e-mail address, or id, of somebody who has signed in before',
} as const
const output = {
  json: { type: 'boolean', description: 'Print JSON' },
  'dry-run': { type: 'boolean', description: 'Say who is meant, and change nothing' },
} as const

const grant = defineCommand({
  meta: { name: 'grant', description: 'Make somebody an administrator of the platform' },
  args: {
    person: who,
    permissions: {
      type: 'string',
      default: 'platform:*',
      description: 'What they may do: platform:*, or single ones with commas between',
    },
    ...output,
  },
  async run({ args }) {
    const { findPlatformPerson, grantPlatformRole } = await import('plinth/tenancy')
    const permissions = args.permissions.split(',').map((text) => text.trim())
    const { person, 'dry-run': dryRun } = args
    const work = (owner: PlatformDb) =>
      dryRun ? findPlatformPerson(owner, person) : grantPlatformRole(owner, person, permissions)
    const sentence = dryRun
      ? 'would administer the platform'
      : 'administers the platform now; their sessions ended'
    tell(await asOwner(work).catch(refused), { asked: person, json: args.json, sentence })
  },
})

const revoke = defineCommand({
  meta: { name: 'revoke', description: 'Take the role on the platform from somebody' },
  args: { person: who, ...output },
  async run({ args }) {
    const { findPlatformPerson, revokePlatformRole } = await import('plinth/tenancy')
    const { person, 'dry-run': dryRun } = args
    const work = (owner: PlatformDb) =>
      dryRun ? findPlatformPerson(owner, person) : revokePlatformRole(owner, person)
    const sentence = dryRun
      ? 'would have no role on the platform'
      : 'has no role on the platform; their sessions ended'
    tell(await asOwner(work).catch(refused), { asked: person, json: args.json, sentence })
  },
})

const list = defineCommand({
  meta: { name: 'ls', description: 'Show who administers the platform' },
  args: { json: output.json },
  async run({ args }) {
    const { listPlatformRoles } = await import('plinth/tenancy')
    const all = await asOwner(listPlatformRoles)
    if (args.json) return say(JSON.stringify(all))
    if (all.length === 0) say('Nobody administers the platform: plinth platform grant <address>')
    for (const { id, name, email, permissions } of all) {
      say(`${id}  ${name} <${email ?? 'no address'}>  ${permissions.join(', ')}`)
    }
  },
})

/** `plinth platform …`: who may look after all tenants. Only the owner of the database decides that. */
export const platformCommand = defineCommand({
  meta: { name: 'platform', description: 'Who administers the platform itself' },
  subCommands: { grant, revoke, ls: list },
})

interface Told {
  readonly asked: string
  readonly json: boolean | undefined
  readonly sentence: string
}

function tell(done: PlatformGrant, { asked, json: asJson, sentence }: Told): void {
  if (done.code === 'unknown') {
    throw new CliError(
      `Nobody who has signed in has the id or the verified address ${asked}. Let them sign in once, then try again.`,
    )
  }
  if (done.code === 'several') {
    const ids = done.people.map(({ id, name }) => `  ${id}  ${name}`).join('\n')
    throw new CliError(`Several people have the address ${asked}. Name one by id:\n${ids}`)
  }
  const { person } = done
  if (asJson) say(JSON.stringify(person))
  else say(`${person.name} (${person.id}) ${sentence}`)
}

function refused(error: unknown): never {
  if (error instanceof TypeError) throw new CliError(error.message, 2, error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === '42501') {
    throw new CliError(
      'The database role may not do this; set DATABASE_OWNER_URL to the URL of the owner, which "plinth db setup" prints.',
      2,
      error,
    )
  }
  throw error
}
