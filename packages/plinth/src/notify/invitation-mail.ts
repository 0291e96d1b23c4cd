import { z } from 'zod'
import { html } from '../feature/index.ts'
import { mailTemplate } from './mail-template.ts'

const data = {
  name: z.string().max(200),
  /** Name of the tenant; null where nobody sees that there are tenants. */
  tenant: z.string().max(200).nullable(),
  /** Until when it can be accepted, ISO 8601. */
  until: z.iso.datetime({ offset: true }),
  /** Where it is accepted. */
  link: z.url({ protocol: /^https?$/ }),
  baseUrl: z.url({ protocol: /^https?$/ }),
}

/** Asks somebody in: into a tenant, or into the service. */
export const invitationMail = mailTemplate('people.invitation', {
  data,
  subject: () => 'You are invited',
  text: ({ name, tenant, until, link, baseUrl }) => `Hello ${name},

you are invited ${place(tenant, baseUrl)}. Until ${day(until)} you can accept at

${link}

If you have an account there, sign in with it first; if not, you make one there.
You do not know what this is about? Then there is nothing to do: without you nothing
happens.
`,
  html: ({ name, tenant, until, link, baseUrl }) => html`<p>Hello ${name},</p>
<p>you are invited ${place(tenant, baseUrl)}. Until ${day(until)} you can accept:</p>
<p><a href="${link}">Accept the invitation</a></p>
<p>If you have an account there, sign in with it first; if not, you make one there.
You do not know what this is about? Then there is nothing to do: without you nothing happens.</p>`,
})

function place(tenant: string | null, baseUrl: string): string {
  const host = new URL(baseUrl).host
  return tenant === null ? `to ${host}` : `to join “${tenant}” at ${host}`
}

function day(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 10)} (UTC)`
}
