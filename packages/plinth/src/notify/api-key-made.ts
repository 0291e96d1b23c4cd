import { z } from 'zod'
import { html } from '../feature/index.ts'
import { shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Tells whoever is behind an API key that there is a new one. */
export const apiKeyMade = mailTemplate('account.api_key_made', {
  data: {
    name: z.string().max(200),
    what: z.enum(['created', 'rotated']),
    /** Name that the key was given. */
    key: z.string().max(100),
    /** Its first characters. */
    prefix: z.string().max(12),
    /** ISO time. */
    when: z.iso.datetime({ offset: true }),
    /** Where the service is: `https://app.example.com`. */
    baseUrl: z.url({ protocol: /^https?$/ }),
  },
  subject: ({ what }) => (what === 'created' ? 'An API key was made' : 'An API key was rotated'),
  text: ({ name, what, key, prefix, when, baseUrl }) => `Hello ${name},

${sentenceOf(what)}

Name:   ${key}
Begins: ${prefix}
When:   ${shownTime(when)}

Was it not you? Revoke the key at ${baseUrl}, end all sessions of your account, and
look who else may make keys there.
`,
  html: ({ name, what, key, prefix, when, baseUrl }) => html`<p>Hello ${name},</p>
<p>${sentenceOf(what)}</p>
<table role="presentation" cellpadding="0" cellspacing="0">
<tr><td style="padding:2px 16px 2px 0">Name</td><td>${key}</td></tr>
<tr><td style="padding:2px 16px 2px 0">Begins</td><td>${prefix}</td></tr>
<tr><td style="padding:2px 16px 2px 0">When</td><td>${shownTime(when)}</td></tr>
</table>
<p>Was it not you? Revoke the key at <a href="${baseUrl}">${baseUrl}</a>, end all sessions of your
account, and look who else may make keys there.</p>`,
})

function sentenceOf(what: 'created' | 'rotated'): string {
  return what === 'created'
    ? 'an API key was made that acts for you, or for a service account that you look after.'
    : 'an API key of yours, or of a service account that you look after, was replaced by a new one.'
}
