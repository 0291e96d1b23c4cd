import { z } from 'zod'
import { html } from '../feature/index.ts'
import { mailTemplate } from './mail-template.ts'

/** Brings a code that is typed in where it was asked for. */
export const oneTimeCode = mailTemplate('account.one_time_code', {
  data: {
    name: z.string().max(200),
    code: z.string().regex(/^\d{6}$/),
    minutes: z.int().positive(),
    /** Where the service is: `https://app.example.com`. */
    baseUrl: z.url({ protocol: /^https?$/ }),
  },
  // Not in the subject: a locked screen shows it.
  subject: () => 'Your code',
  text: ({ name, code, minutes, baseUrl }) => `Hello ${name},

your code for ${baseUrl} is

    ${code}

It works once, for ${minutes} minutes, where you asked for it. Nobody of us will ever ask you for it.

Did you not ask for it? Then somebody knows your password: sign in at ${baseUrl} and change it.
`,
  html: ({ name, code, minutes, baseUrl }) => html`<p>Hello ${name},</p>
<p>your code for <a href="${baseUrl}">${baseUrl}</a> is</p>
<p style="font:700 28px/1.5 ui-monospace,monospace;letter-spacing:4px">${code}</p>
<p>It works once, for ${minutes} minutes, where you asked for it. Nobody of us will ever ask you for it.</p>
<p>Did you not ask for it? Then somebody knows your password: sign in at <a href="${baseUrl}">${baseUrl}</a>
and change it.</p>`,
})
