import { z } from 'zod'
import { html } from '../feature/index.ts'
import { mailTemplate } from './mail-template.ts'

/** Tells a person who signed in that others had tried passwords before. */
export const failedAttempts = mailTemplate('account.failed_attempts', {
  data: {
    name: z.string().max(200),
    /** ISO time of the sign-in that went well. */
    when: z.iso.datetime({ offset: true }),
    failures: z.int(),
    /** Where the service is: `https://app.example.com`. */
    baseUrl: z.url({ protocol: /^https?$/ }),
  },
  subject: () => 'Wrong passwords before your sign-in',
  text: ({ name, when, failures, baseUrl }) => `Hello ${name},

your account was signed in to on ${shownTime(when)}. Before that, ${failures} wrong passwords
were tried.

If all of this was you, there is nothing to do. If it was not, sign in at ${baseUrl},
change your password, and end all other sessions.
`,
  html: ({ name, when, failures, baseUrl }) => html`<p>Hello ${name},</p>
<p>your account was signed in to on ${shownTime(when)}. Before that, ${failures} wrong passwords were tried.</p>
<p>If all of this was you, there is nothing to do. If it was not, sign in at <a href="${baseUrl}">${baseUrl}</a>,
change your password, and end all other sessions.</p>`,
})

function shownTime(iso: string): string {
  const utc = new Date(iso).toISOString()
  return `${utc.slice(0, 10)} ${utc.slice(11, 16)} UTC`
}
