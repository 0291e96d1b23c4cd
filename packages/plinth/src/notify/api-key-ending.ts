import { z } from 'zod'
import type { Letter } from './letter.ts'
import { letterData, letterHtml, letterText, shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

interface Ending {
  readonly name: string
  readonly key: string
  readonly prefix: string
  readonly ends: string
  readonly baseUrl: string
}

/** Tells whoever is behind an API key that it ends soon, while there is time to replace it. */
export const apiKeyEnding = mailTemplate('account.api_key_ending', {
  data: {
    ...letterData,
    /** Name that the key was given. */
    key: z.string().max(100),
    /** Its first characters. */
    prefix: z.string().max(12),
    /** When it ends, ISO time. */
    ends: z.iso.datetime({ offset: true }),
  },
  subject: () => 'An API key ends soon',
  text: (data) => letterText(letter(data)),
  html: (data) => letterHtml(letter(data)),
})

function letter({ name, key, prefix, ends, baseUrl }: Ending): Letter {
  return {
    name,
    paragraphs: [
      `the API key “${key}”, which begins with ${prefix}, ends on ${shownTime(ends)}. It is yours, or of a service account that you look after. From then on every request with it is refused.`,
      'Does anything use it still? Give it a later end, or put a new key in its place. Else let it end.',
    ],
    link: { text: 'To the service', url: baseUrl },
  }
}
