import { z } from 'zod'
import { type Html, html } from '../feature/index.ts'
import { shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

const data = {
  name: z.string().max(200),
  /** What changed, in words: `An authenticator app was added`. */
  what: z.string().max(200),
  /** ISO time of the change. */
  when: z.iso.datetime({ offset: true }),
  /** Where the service is: `https://app.example.com`. */
  baseUrl: z.url({ protocol: /^https?$/ }),
}

/** Tells a person of a change of their second factors, whoever made it (ASVS 6.3.7). */
export const secondFactorChanged = mailTemplate('account.second_factor_changed', {
  data,
  subject: () => 'Your second factors were changed',
  text: (fields) => `Hello ${fields.name},

${fields.what} on ${shownTime(fields.when)}.

Was it you? Then there is nothing to do. Was it not you? Sign in at ${fields.baseUrl},
change your password, look through your second factors, and end all other sessions.
`,
  html: (fields) => body(fields),
})

function body({ name, what, when, baseUrl }: z.output<z.ZodObject<typeof data>>): Html {
  return html`<p>Hello ${name},</p>
<p>${what} on ${shownTime(when)}.</p>
<p>Was it you? Then there is nothing to do. Was it not you? Sign in at <a href="${baseUrl}">${baseUrl}</a>,
change your password, look through your second factors, and end all other sessions.</p>`
}
