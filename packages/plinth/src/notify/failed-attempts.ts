import { z } from 'zod'
import type { Letter } from './letter.ts'
import { letterData, letterHtml, letterText, shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Tells a person who signed in that wrong passwords had been tried before. */
export const failedAttempts = mailTemplate('account.failed_attempts', {
  data: {
    ...letterData,
    /** ISO time of the sign-in that went well. */
    when: z.iso.datetime({ offset: true }),
    failures: z.int(),
  },
  subject: () => 'Wrong passwords before your sign-in',
  text: (data) => letterText(letter(data)),
  html: (data) => letterHtml(letter(data)),
})

function letter(data: { name: string; when: string; failures: number; baseUrl: string }): Letter {
  return {
    name: data.name,
    paragraphs: [
      `your account was signed in to on ${shownTime(data.when)}. Before that, ${data.failures} wrong passwords were tried.`,
      `If all of this was you, there is nothing to do. Was it not you? Sign in at ${data.baseUrl}, change your password, and end all other sessions.`,
    ],
  }
}
