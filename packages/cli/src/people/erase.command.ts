import { defineCommand } from 'citty'
import type { ByHandDeps, ErasedByHand } from 'plinth/identity'
import { CliError, misuse } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import { withProgress } from '../progress.ts'
import { notOne, withPeople } from './one-person.ts'

/** `plinth people erase`: all that is kept about a person goes, for good. */
export const eraseCommand = defineCommand({
  meta: { name: 'erase', description: 'Erase a person with all that is kept about them, for good' },
  args: {
    person: { type: 'positional', required: true, description: 'E-mail address, or id' },
    'dry-run': {
      type: 'boolean',
      description: 'Say who is meant and what would go; erase nothing',
    },
    yes: { type: 'boolean', alias: 'y', description: 'Ask nothing' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args: { person: who, 'dry-run': dryRun = false, yes = false, json = false } }) {
    const done = await withPeople(async (deps) => {
      const would = await erase(deps, who, true)
      if (dryRun) return would
      if (!yes) await confirm(would)
      return erase(deps, who, false)
    }).catch(toSentence)
    const { person, rows } = done
    if (json) say(JSON.stringify({ id: person.id, rows, erased: !dryRun }))
    else
      say(`${person.name} (${person.id}) ${dryRun ? 'would be' : 'is'} erased, with ${rows} rows`)
  },
})

type Done = Extract<ErasedByHand, { readonly code: 'erased' }>

async function erase(deps: ByHandDeps, who: string, dryRun: boolean): Promise<Done> {
  const { eraseByHand } = await import('plinth/identity')
  const what = dryRun ? 'Looking what would go' : 'Erasing'
  const done = await withProgress(what, eraseByHand(deps, { who, dryRun }))
  switch (done.code) {
    case 'erased':
      return done
    case 'owns_tenants':
      throw new CliError(
        `${done.person.name} is the only owner of an organisation. Hand it on or delete it first.`,
      )
    case 'platform_administrator':
      throw new CliError(
        `${done.person.name} has a role on the platform: plinth platform revoke ${done.person.id}`,
      )
    case 'unknown':
    case 'several':
      throw notOne(done, who)
  }
}

/** @throws CliError when the person at the keyboard says no (exit code 1), or there is nobody (2) */
async function confirm({ person, rows }: Done): Promise<void> {
  const what = `${person.name} <${person.email ?? 'no address'}> and ${rows} rows about them`
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw misuse(`This erases ${what} for good; say --yes to do it.`)
  const { confirm: ask, isCancel } = await import('@clack/prompts')
  const answer = await ask({ message: `Erase ${what} for good?`, initialValue: false })
  if (isCancel(answer) || !answer) throw new CliError('Nobody was erased.')
}

/** What the library refuses is one sentence. */
function toSentence(error: unknown): never {
  const isOurs = error instanceof Error && ['AppError', 'TypeError'].includes(error.name)
  throw isOurs ? new CliError(error.message, 1, error) : error
}
