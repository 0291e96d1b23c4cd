import { z } from 'zod'
import type { Letter } from './letter.ts'
import { letterData, letterHtml, letterText } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Brings the link by which somebody confirms the address of the account they want. */
export const registrationLink = mailTemplate('account.registration', {
  data: {
    ...letterData,
    link: z.url({ protocol: /^https?$/ }),
    /** Hours for which it works. */
    hours: z.int(),
  },
  subject: () => 'Confirm your e-mail address',
  text: (data) => letterText(letter(data)),
  html: (data) => letterHtml(letter(data)),
})

function letter(data: { name: string; link: string; hours: number; baseUrl: string }): Letter {
  return {
    name: data.name,
    paragraphs: [
      `confirm that this is your address, and your account at ${data.baseUrl} is made. The link works once, for ${data.hours} hours:`,
    ],
    link: { text: 'Confirm my address', url: data.link },
    end: ['Was it not you? Then there is nothing to do: without you no account is made.'],
  }
}
