import { z } from 'zod'
import { html } from '../feature/index.ts'
import { mailTemplate } from './mail-template.ts'

/** The last mail to somebody: their account is erased. */
export const personErased = mailTemplate('account.erased', {
  data: {
    name: z.string().max(200),
    /** ISO time. */
    when: z.iso.datetime({ offset: true }),
    baseUrl: z.url({ protocol: /^https?$/ }),
  },
  // The last row with their address.
  keepSeconds: 3_600,
  subject: () => 'Your account is erased',
  text: ({ name, when, baseUrl }) => `Hello ${name},

on ${when.slice(0, 10)} your account at ${baseUrl} was erased, with all that was kept about
you there. This is the last mail that you get from us.

Was it not you? Then write to the people who run the service at once.
`,
  html: ({ name, when, baseUrl }) => html`<p>Hello ${name},</p>
<p>on ${when.slice(0, 10)} your account at ${baseUrl} was erased, with all that was kept about you
there. This is the last mail that you get from us.</p>
<p>Was it not you? Then write to the people who run the service at once.</p>`,
})
