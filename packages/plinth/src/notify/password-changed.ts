import { z } from 'zod'
import type { Letter } from './letter.ts'
import { letterData, letterHtml, letterText, shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Tells a person that their password was set or changed. */
export const passwordChanged = mailTemplate('account.password_changed', {
  data: {
    ...letterData,
    /** ISO time of the change. */
    when: z.iso.datetime({ offset: true }),
    /** Where it was asked for. */
    address: z.string().max(100),
  },
  subject: () => 'Your password was changed',
  text: (data) => letterText(letter(data)),
  html: (data) => letterHtml(letter(data)),
})

function letter(data: { name: string; when: string; address: string; baseUrl: string }): Letter {
  return {
    name: data.name,
    paragraphs: [
      `the password of your account was set on ${shownTime(data.when)}, from the address ${data.address}. Everywhere else you were signed out.`,
      `Was it not you? Ask for a new password at ${data.baseUrl} at once, and look through the accounts and factors that sign you in.`,
    ],
  }
}
