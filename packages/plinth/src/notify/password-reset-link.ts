import { z } from 'zod'
import type { Letter } from './letter.ts'
import { letterData, letterHtml, letterText } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Brings the link by which somebody sets a new password. */
export const passwordResetLink = mailTemplate('account.password_reset', {
  data: {
    ...letterData,
    link: z.url({ protocol: /^https?$/ }),
    /** Minutes for which it works. */
    minutes: z.int(),
  },
  subject: () => 'Set a new password',
  text: (data) => letterText(letter(data)),
  html: (data) => letterHtml(letter(data)),
})

function letter(data: { name: string; link: string; minutes: number }): Letter {
  return {
    name: data.name,
    paragraphs: [
      `somebody asked for a new password of your account. The link works once, for ${data.minutes} minutes:`,
    ],
    link: { text: 'Set a new password', url: data.link },
    end: [
      'Was it not you? Then there is nothing to do: your password stays as it is, and nobody else has this link.',
    ],
  }
}
