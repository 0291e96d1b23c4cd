import { z } from 'zod'
import { type Html, html } from '../feature/index.ts'
import { shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

const data = {
  name: z.string().max(200),
  /** What its person calls it. */
  passkey: z.string().max(100),
  /** ISO time of the change. */
  when: z.iso.datetime({ offset: true }),
  /** Where the service is: `https://app.example.com`. */
  baseUrl: z.url({ protocol: /^https?$/ }),
}

/** Tells a person that one more passkey signs them in. */
export const passkeyAdded = passkeyMail('account.passkey_added', {
  subject: 'A passkey was added to your account',
  what: 'a passkey was added to your account. From now on it signs you in:',
})

/** Tells a person that a passkey no longer signs them in. */
export const passkeyRemoved = passkeyMail('account.passkey_removed', {
  subject: 'A passkey was removed from your account',
  what: 'a passkey was removed from your account. It no longer signs you in:',
})

/** Tells a person that a passkey was used in a way that speaks for a copy. */
export const passkeyCopied = passkeyMail('account.passkey_copied', {
  subject: 'A passkey of yours may have been copied',
  what: 'a sign-in was refused, because the device behind it counts its uses and the count did not rise. Somebody may have a copy of this passkey; if you are not sure, remove it and add a new one:',
})

interface Words {
  readonly subject: string
  readonly what: string
}

function passkeyMail(name: string, { subject, what }: Words) {
  return mailTemplate(name, {
    data,
    subject: () => subject,
    text: (fields) => text(what, fields),
    html: (fields) => body(what, fields),
  })
}

interface Fields {
  readonly name: string
  readonly passkey: string
  readonly when: string
  readonly baseUrl: string
}

function text(what: string, { name, passkey, when, baseUrl }: Fields): string {
  return `Hello ${name},

${what}

${passkey}
When: ${shownTime(when)}

Was it not you? Sign in at ${baseUrl}/account, remove the passkeys that you do not
know, and end all other sessions.
`
}

function body(what: string, { name, passkey, when, baseUrl }: Fields): Html {
  return html`<p>Hello ${name},</p>
<p>${what}</p>
<p><strong>${passkey}</strong><br>When: ${shownTime(when)}</p>
<p>Was it not you? Sign in at <a href="${baseUrl}/account">${baseUrl}/account</a>, remove the passkeys that you
do not know, and end all other sessions.</p>`
}
