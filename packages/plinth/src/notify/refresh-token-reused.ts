import { z } from 'zod'
import { html } from '../feature/index.ts'
import { shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Tells a person that an old refresh token of theirs came back, and that the sign-in was ended. */
export const refreshTokenReused = mailTemplate('account.refresh_token_reused', {
  data: {
    name: z.string().max(200),
    /** ISO time. */
    when: z.iso.datetime({ offset: true }),
    /** Where the old token came from. */
    address: z.string().max(100),
    /** Where the service is: `https://app.example.com`. */
    baseUrl: z.url({ protocol: /^https?$/ }),
  },
  subject: () => 'A sign-in of yours was ended for safety',
  text: ({ name, when, address, baseUrl }) => `Hello ${name},

somebody used an old token of one of your sign-ins again. An app that was restored from a
backup does that, and so does a thief. The sign-in was ended; sign in again to go on.

When:    ${shownTime(when)}
Address: ${address}

Was it not you? Sign in at ${baseUrl}, end all other sessions, and change your password.
`,
  html: ({ name, when, address, baseUrl }) => html`<p>Hello ${name},</p>
<p>somebody used an old token of one of your sign-ins again. An app that was restored from a
backup does that, and so does a thief. The sign-in was ended; sign in again to go on.</p>
<table role="presentation" cellpadding="0" cellspacing="0">
<tr><td style="padding:2px 16px 2px 0">When</td><td>${shownTime(when)}</td></tr>
<tr><td style="padding:2px 16px 2px 0">Address</td><td>${address}</td></tr>
</table>
<p>Was it not you? Sign in at <a href="${baseUrl}">${baseUrl}</a>, end all other sessions, and
change your password.</p>`,
})
