import { defineCommand } from 'citty'
import type { StatusSet } from 'plinth/identity'
import { asOwner } from '../db/as-owner.ts'
import { say } from '../dev/terminal.ts'
import { notOne } from './one-person.ts'
import { ownerOnly } from './owner-only.ts'

const args = {
  person: { type: 'positional', required: true, description: 'E-mail address, or id' },
  'dry-run': { type: 'boolean', description: 'Say who is meant, and change nothing' },
  json: { type: 'boolean', description: 'Print JSON' },
} as const

/** `plinth people disable`: nobody of that account comes in, and their sessions end. */
export const disableCommand = defineCommand({
  meta: { name: 'disable', description: 'Let a person in nowhere any more; their sessions end' },
  args,
  run: async ({ args: given }) => change('disabled', given),
})

/** `plinth people enable`: they may sign in again. */
export const enableCommand = defineCommand({
  meta: { name: 'enable', description: 'Let a person sign in again' },
  args,
  run: async ({ args: given }) => change('active', given),
})

interface Given {
  readonly person: string
  readonly 'dry-run'?: boolean | undefined
  readonly json?: boolean | undefined
}

async function change(status: 'active' | 'disabled', given: Given): Promise<void> {
  const { setPersonStatus } = await import('plinth/identity')
  const dryRun = given['dry-run'] === true
  const done = await asOwner((owner) =>
    setPersonStatus(owner, given.person, { status, dryRun }),
  ).catch(ownerOnly)
  tell(done, { ...given, dryRun, status })
}

function tell(
  done: StatusSet,
  { person: asked, json, dryRun, status }: Given & { dryRun: boolean; status: string },
): void {
  if (done.code !== 'done') throw notOne(done, asked)
  const { person } = done
  if (json) return say(JSON.stringify(person))
  say(`${person.name} (${person.id}) ${dryRun ? 'would be' : 'is'} ${status}`)
}
