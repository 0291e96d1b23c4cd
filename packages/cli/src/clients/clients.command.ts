import { readFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import { idOf } from '../id-of.ts'
import { overlapOf } from '../keys/overlap.ts'
import { remark } from '../keys/remark.ts'
import { listOf } from '../list-of.ts'
import { withMachineCredentials } from '../machine-credentials.ts'

const json = { type: 'boolean', description: 'Print JSON' } as const
const id = { type: 'positional', required: true, description: 'Id of the client' } as const
const CLIENT = { name: 'client', shownBy: 'plinth clients ls' }

const add = defineCommand({
  meta: { name: 'add', description: 'Make a machine client for a service account' },
  args: {
    tenant: { type: 'string', required: true, description: 'Tenant, by id or short name' },
    owner: { type: 'string', required: true, description: 'Service account, by id or name' },
    account: { type: 'boolean', description: 'Make the service account when there is none' },
    name: { type: 'string', required: true, description: 'What the client is for' },
    scopes: { type: 'string', required: true, description: 'Permissions with commas between' },
    keys: { type: 'string', description: 'JSON file of its public keys, in place of a secret' },
    'dry-run': { type: 'boolean', description: 'Check everything, and make nothing' },
    json,
  },
  async run({ args }) {
    const { tenant, owner, name, 'dry-run': dryRun } = args
    const publicKeys = args.keys === undefined ? [] : await readKeys(args.keys)
    const wish = {
      tenant,
      owner,
      name,
      scopes: listOf(args.scopes),
      publicKeys,
      makeAccount: args.account === true,
    }
    const { client, secret } = await withMachineCredentials(dryRun, ({ clients }) =>
      clients.create(wish),
    )
    if (dryRun) return say(args.json ? '{"dry_run":true}' : `The client "${name}" can be made.`)
    if (args.json) return say(JSON.stringify({ client_id: client.id, client_secret: secret }))
    say(secret === null ? client.id : `${client.id} ${secret}`)
    const kept = 'Keep the secret now, behind the client id: it is not shown again.'
    remark(secret === null ? 'That is its client id. It proves itself by its keys.' : kept)
  },
})

const list = defineCommand({
  meta: { name: 'ls', description: 'Show the machine clients of a tenant' },
  args: {
    tenant: { type: 'string', required: true, description: 'Tenant, by id or short name' },
    json,
  },
  async run({ args }) {
    const found = await withMachineCredentials(false, ({ clients }) => clients.list(args.tenant))
    if (args.json) return say(JSON.stringify(found.map(shown)))
    if (found.length === 0) say('The tenant has no machine clients: plinth clients add makes one')
    for (const { id, name, scopes, authentication, last_used_at: used } of found)
      say(`${id}  ${name}  ${scopes.join(' ')}  ${authentication}  used ${used ?? 'never'}`)
  },
})

const rotate = defineCommand({
  meta: { name: 'rotate', description: 'Give a client a new secret; the old one works on a while' },
  args: {
    id,
    overlap: { type: 'string', description: 'Seconds that the old secret still works' },
    'dry-run': { type: 'boolean', description: 'Check everything, and change nothing' },
    json,
  },
  async run({ args }) {
    const client = idOf(args.id, CLIENT)
    const overlap = overlapOf(args.overlap)
    const { 'dry-run': dryRun } = args
    const secret = await withMachineCredentials(dryRun, ({ clients }) =>
      clients.rotate(client, overlap),
    )
    if (dryRun) return say(args.json ? '{"dry_run":true}' : `${client} can get a new secret.`)
    if (args.json) return say(JSON.stringify({ client_id: client, client_secret: secret }))
    say(secret)
    remark('Keep it now: it is not shown again.')
  },
})

const revoke = defineCommand({
  meta: { name: 'revoke', description: 'End a machine client: its proof and its tokens' },
  args: {
    id,
    'dry-run': { type: 'boolean', description: 'Check that it is there, and end nothing' },
    json,
  },
  async run({ args }) {
    const client = idOf(args.id, CLIENT)
    const { 'dry-run': dryRun } = args
    await withMachineCredentials(dryRun, ({ clients }) => clients.revoke(client))
    if (args.json) return say(JSON.stringify({ client_id: client, dry_run: dryRun === true }))
    say(`The client ${client} ${dryRun ? 'would end' : 'ended'}`)
  },
})

/** `plinth clients …`: machine clients of OAuth 2, without a request. */
export const clientsCommand = defineCommand({
  meta: { name: 'clients', description: 'Machine clients, which get tokens at /oauth/token' },
  subCommands: { add, ls: list, rotate, revoke },
})

type Clients = Awaited<
  ReturnType<InstanceType<typeof import('plinth/identity').MachineClientManager>['list']>
>

function shown({ tenant_id, person_id, public_jwks, ...client }: Clients[number]) {
  return { ...client, service_account_id: person_id, has_keys: public_jwks !== null }
}

async function readKeys(file: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(`${file} cannot be read. Name a JSON file of public keys.`, 2, error)
  })
  const found = parsed(text)
  const keys = Array.isArray(found) ? found : Object(found).keys
  if (Array.isArray(keys) && keys.every((one) => Object(one) === one)) return keys
  throw new CliError(`${file} holds no keys. Write a JWK set: {"keys": [{"kty": …}]}.`, 2)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
