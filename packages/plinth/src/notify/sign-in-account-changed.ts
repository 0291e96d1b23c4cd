import { z } from 'zod'
import { type Html, html } from '../feature/index.ts'
import { shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

const data = {
  name: z.string().max(200),
  /** Name of the identity provider: `google`. */
  provider: z.string().max(64),
  /** ISO time of the change. */
  when: z.iso.datetime({ offset: true }),
  /** Where the service is: `https://app.example.com`. */
  baseUrl: z.url({ protocol: /^https?$/ }),
}

/** Tells a person that one more account signs them in. */
export const identityLinked = mailTemplate('account.identity_linked', {
  data,
  subject: () => 'A sign-in account was added',
  text: (fields) => text('from now on you can also sign in with an account at', fields),
  html: (fields) => body('from now on you can also sign in with an account at', fields),
})

/** Tells a person that an account no longer signs them in. */
export const identityUnlinked = mailTemplate('account.identity_unlinked', {
  data,
  subject: () => 'A sign-in account was removed',
  text: (fields) => text('you can no longer sign in with your account at', fields),
  html: (fields) => body('you can no longer sign in with your account at', fields),
})

interface Fields {
  readonly name: string
  readonly provider: string
  readonly when: string
  readonly baseUrl: string
}

function text(what: string, { name, provider, when, baseUrl }: Fields): string {
  return `Hello ${name},

${what} ${provider}.

When: ${shownTime(when)}

If this was you, there is nothing to do. If it was not, sign in at ${baseUrl}, look
through your accounts, and end all other sessions.
`
}

function body(what: string, { name, provider, when, baseUrl }: Fields): Html {
  return html`<p>Hello ${name},</p>
<p>${what} <strong>${provider}</strong>.</p>
<p>When: ${shownTime(when)}</p>
<p>If this was you, there is nothing to do. If it was not, sign in at <a href="${baseUrl}">${baseUrl}</a>,
look through your accounts, and end all other sessions.</p>`
}
