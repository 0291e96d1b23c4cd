import type { Letter } from './letter.ts'
import { letterData, letterHtml, letterText } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Tells the owner of an address that somebody wanted to make a second account with it. */
export const accountExists = mailTemplate('account.exists', {
  data: letterData,
  subject: () => 'You have an account already',
  text: (data) => letterText(letter(data)),
  html: (data) => letterHtml(letter(data)),
})

function letter({ name, baseUrl }: { name: string; baseUrl: string }): Letter {
  return {
    name,
    paragraphs: [
      `somebody wanted to make an account at ${baseUrl} with your address. You have one already: sign in there, or ask for a new password.`,
      'Was it not you? Then there is nothing to do: nothing was made and nothing was changed.',
    ],
  }
}
