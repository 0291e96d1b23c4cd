import type { Letter } from './letter.ts'
import { letterData, letterHtml, letterText } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Tells somebody who asked for a new password that they sign in without one. */
export const noPassword = mailTemplate('account.no_password', {
  data: letterData,
  subject: () => 'Your account has no password',
  text: (data) => letterText(letter(data)),
  html: (data) => letterHtml(letter(data)),
})

function letter({ name, baseUrl }: { name: string; baseUrl: string }): Letter {
  return {
    name,
    paragraphs: [
      `somebody asked for a new password of your account. You sign in without one: with your sign-in provider or a passkey, at ${baseUrl}. Once there you can give yourself a password.`,
      'Was it not you? Then there is nothing to do.',
    ],
  }
}
