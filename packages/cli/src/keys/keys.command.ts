import { readFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import { idOf } from '../id-of.ts'
import { withMachineCredentials } from '../machine-credentials.ts'
import { createCommand } from './create.command.ts'
import { overlapOf } from './overlap.ts'
import { remark } from './remark.ts'

const json = { type: 'boolean', description: 'Print JSON' } as const
const id = { type: 'positional', required: true, description: 'Id of the key' } as const
const KEY = { name: 'key', shownBy: 'plinth keys ls' }

const list = defineCommand({
  meta: { name: 'ls', description: 'Show the API keys of a tenant' },
  args: {
    tenant: { type: 'string', required: true, description: 'Tenant, by id or short name' },
    json,
  },
  async run({ args }) {
    const keys = await withMachineCredentials(false, ({ manager }) => manager.listKeys(args.tenant))
    if (args.json) return say(JSON.stringify(keys))
    if (keys.length === 0) say('The tenant has no API keys: plinth keys create makes one')
    for (const key of keys) {
      const ended = key.revoked_at === null ? `ends ${key.expires_at ?? 'never'}` : 'revoked'
      const used = `used ${key.last_used_at ?? 'never'}`
      say(`${key.id}  ${key.prefix}…  ${key.name}  ${key.scopes.join(' ')}  ${ended}  ${used}`)
    }
  },
})

const rotate = defineCommand({
  meta: { name: 'rotate', description: 'Replace an API key; both work for a while' },
  args: {
    id,
    overlap: { type: 'string', description: 'Seconds that the old key still works' },
    'dry-run': { type: 'boolean', description: 'Check everything, and change nothing' },
    json,
  },
  async run({ args }) {
    const overlap = overlapOf(args.overlap)
    const { 'dry-run': dryRun } = args
    const [key, record] = await withMachineCredentials(dryRun, ({ manager }) =>
      manager.rotateKey(idOf(args.id, KEY), overlap),
    )
    if (dryRun) return say(args.json ? '{"dry_run":true}' : `The key ${args.id} can be rotated.`)
    if (args.json) return say(JSON.stringify({ key, api_key: record }))
    say(key)
    remark(`Keep it now: it is not shown again. Its id is ${record.id}.`)
  },
})

const revoke = defineCommand({
  meta: { name: 'revoke', description: 'End an API key, and every key that it made' },
  args: {
    id,
    'dry-run': { type: 'boolean', description: 'Say how many would end, and end none' },
    json,
  },
  async run({ args }) {
    const { 'dry-run': dryRun } = args
    const revoked = await withMachineCredentials(dryRun, ({ manager }) =>
      manager.revokeKey(idOf(args.id, KEY)),
    )
    if (args.json) return say(JSON.stringify({ revoked, dry_run: dryRun === true }))
    if (revoked === 0) return say('The key was revoked before')
    say(`${revoked} ${revoked === 1 ? 'key' : 'keys'} ${dryRun ? 'would end' : 'ended'}`)
  },
})

const importFile = defineCommand({
  meta: { name: 'import', description: 'Take over keys of another system by their SHA-256' },
  args: {
    file: { type: 'positional', required: true, description: 'JSON list, one entry for each key' },
    'dry-run': { type: 'boolean', description: 'Check every entry, and write nothing' },
    json,
  },
  async run({ args }) {
    const entries = await readList(args.file)
    const { importKeys } = await import('plinth/identity')
    const { systemClock: clock } = await import('plinth/kernel')
    const { 'dry-run': dryRun } = args
    const result = await withMachineCredentials(false, ({ platform }) =>
      importKeys({ platform, clock, dryRun: dryRun === true }, entries),
    )
    if (result.faults.length > 0) {
      throw new CliError(`Nothing was imported:\n${result.faults.join('\n')}`)
    }
    if (args.json) return say(JSON.stringify({ ...result, dry_run: dryRun === true }))
    const verb = dryRun ? 'would be imported' : 'imported'
    say(`${result.imported} ${verb}, ${result.known} there before`)
  },
})

/** `plinth keys …`: API keys, without a request. */
export const keysCommand = defineCommand({
  meta: { name: 'keys', description: 'API keys of people and service accounts' },
  subCommands: { create: createCommand, ls: list, rotate, revoke, import: importFile },
})

async function readList(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(`${file} cannot be read. Name a JSON file of keys.`, 2, error)
  })
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CliError(`${file} is not JSON. Write a list: [{ "hash": "…", … }].`, 2, error)
  }
}
