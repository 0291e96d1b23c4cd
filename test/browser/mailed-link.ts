import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningMailbox } from '../../packages/plinth/src/dev/index.ts'
import type { TemplateService } from './template-service.ts'

/** Whose mail, from which service, and where it comes in. */
export interface Mailed {
  readonly service: TemplateService
  readonly mailbox: RunningMailbox
  readonly address: string
}

/** Milliseconds. */
const [PATIENCE, PAUSE] = [60_000, 50]

/** Does something for which the service mails a link; answers that link, which no mail had before. */
export async function mailedLink(to: Mailed, act: () => Promise<void>): Promise<string> {
  const former = linksTo(to)
  await act()
  for (const end = performance.now() + PATIENCE; performance.now() < end; await sleep(PAUSE)) {
    await to.service.world.drainJobs()
    const link = linksTo(to).find((one) => !former.includes(one))
    if (link !== undefined) return link
  }
  const subjects = mailsTo(to).map(({ subject }) => subject)
  return assert.fail(`no new link to ${to.address}; its mails: ${JSON.stringify(subjects)}`)
}

const mailsTo = ({ mailbox, address }: Mailed) =>
  mailbox.messages().filter((mail) => mail.to.includes(address))

/** The links in all mails to an address; other notices have none. */
function linksTo(to: Mailed): readonly string[] {
  return mailsTo(to).flatMap(({ text }) => /http\S+#token=[\w-]+/.exec(text)?.[0] ?? [])
}
