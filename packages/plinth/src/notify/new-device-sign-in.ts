import { z } from 'zod'
import { html } from '../feature/index.ts'
import { shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Tells a person that somebody signed in to their account from a device not seen before. */
export const newDeviceSignIn = mailTemplate('account.new_device', {
  data: {
    name: z.string().max(200),
    /** ISO time of the sign-in. */
    when: z.iso.datetime({ offset: true }),
    /** What the browser says it is: `Firefox on Linux`. */
    device: z.string().max(200),
    address: z.string().max(100),
    /** Where the service is: `https://app.example.com`. */
    baseUrl: z.url({ protocol: /^https?$/ }),
  },
  subject: () => 'New sign-in to your account',
  text: ({ name, when, device, address, baseUrl }) => `Hello ${name},

your account was signed in to from a device we have not seen before.

When:    ${shownTime(when)}
Device:  ${device}
Address: ${address}

If this was you, there is nothing to do. If it was not, sign in at ${baseUrl}, end
all other sessions, and change your password, here or at your sign-in provider.
`,
  html: ({ name, when, device, address, baseUrl }) => html`<p>Hello ${name},</p>
<p>your account was signed in to from a device we have not seen before.</p>
<table role="presentation" cellpadding="0" cellspacing="0">
<tr><td style="padding:2px 16px 2px 0">When</td><td>${shownTime(when)}</td></tr>
<tr><td style="padding:2px 16px 2px 0">Device</td><td>${device}</td></tr>
<tr><td style="padding:2px 16px 2px 0">Address</td><td>${address}</td></tr>
</table>
<p>If this was you, there is nothing to do. If it was not, sign in at <a href="${baseUrl}">${baseUrl}</a>,
end all other sessions, and change your password, here or at your sign-in provider.</p>`,
})
