import { defineCommand } from 'citty'
import type { KeyType } from 'plinth/identity'
import { misuse } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import { listOf } from '../list-of.ts'
import { withMachineCredentials } from '../machine-credentials.ts'
import { wholeNumber } from '../whole-number.ts'
import { endOfKey } from './lifetime.ts'
import { remark } from './remark.ts'

const TYPES: readonly KeyType[] = ['user', 'service', 'admin', 'readonly']
const MOST_REQUESTS = 1_000_000

/** `plinth keys create`: the key is printed once, and nowhere else. */
export const createCommand = defineCommand({
  meta: { name: 'create', description: 'Make an API key for a person or a service account' },
  args: {
    tenant: { type: 'string', required: true, description: 'Tenant, by id or short name' },
    owner: {
      type: 'string',
      required: true,
      description: 'Member by id or verified address, or a service account by its name',
    },
    account: { type: 'boolean', description: 'Make the service account when there is none' },
    name: { type: 'string', required: true, description: 'What the key is for' },
    type: { type: 'string', default: 'user', description: `One of ${TYPES.join(', ')}` },
    scopes: { type: 'string', required: true, description: 'Permissions with commas between' },
    expires: {
      type: 'string',
      description: '90d, an ISO time, or never; else api_keys.default_lifetime_days',
    },
    'rate-limit': { type: 'string', description: 'Requests a minute' },
    allow: { type: 'string', description: 'Addresses and networks with commas between' },
    test: { type: 'boolean', description: 'A key that opens nothing in production' },
    'dry-run': { type: 'boolean', description: 'Check everything, and make nothing' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const keyType = TYPES.find((one) => one === args.type)
    if (keyType === undefined) throw misuse(`--type takes one of ${TYPES.join(', ')}.`)
    const { tenant, owner, name, 'dry-run': dryRun } = args
    const expiresAt = endOfKey(args.expires, new Date())
    const wish = {
      keyType,
      tenant,
      owner,
      name,
      scopes: listOf(args.scopes),
      ...(args.account && { makeAccount: true }),
      ...(args.test && { test: true }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(args['rate-limit'] !== undefined && { rateLimit: rateOf(args['rate-limit']) }),
      ...(args.allow !== undefined && { allowedIps: listOf(args.allow) }),
    }
    const [key, record] = await withMachineCredentials(dryRun, ({ manager }) =>
      manager.generateKey(wish),
    )
    if (dryRun) return say(args.json ? '{"dry_run":true}' : `The key "${name}" can be made.`)
    if (args.json) return say(JSON.stringify({ key, api_key: record }))
    say(key)
    remark(
      `Keep it now: it is not shown again. Id ${record.id}, ends ${record.expires_at ?? 'never'}.`,
    )
  },
})

function rateOf(text: string): number {
  return wholeNumber('--rate-limit', text, { least: 1, most: MOST_REQUESTS })
}
