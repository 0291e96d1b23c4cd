import { z } from 'zod'
import type { Letter } from './letter.ts'
import { letterData, letterHtml, letterText, shownTime } from './letter.ts'
import { mailTemplate } from './mail-template.ts'

/** Brings the link by which somebody confirms the new address of their account. */
export const emailChangeLink = mailTemplate('account.email_change', {
  data: {
    ...letterData,
    link: z.url({ protocol: /^https?$/ }),
    /** Hours for which it works. */
    hours: z.int(),
  },
  subject: () => 'Confirm your new e-mail address',
  text: (data) => letterText(linkLetter(data)),
  html: (data) => letterHtml(linkLetter(data)),
})

/** Tells a person, at the old address and at the new one, that their address was changed. */
export const emailChanged = mailTemplate('account.email_changed', {
  data: {
    ...letterData,
    /** ISO time of the change. */
    when: z.iso.datetime({ offset: true }),
    /** The new address. */
    email: z.string().max(254),
  },
  subject: () => 'Your e-mail address was changed',
  text: (data) => letterText(changeLetter(data)),
  html: (data) => letterHtml(changeLetter(data)),
})

function linkLetter(data: { name: string; link: string; hours: number; baseUrl: string }): Letter {
  return {
    name: data.name,
    paragraphs: [
      `confirm that this is your address, and it becomes the one of your account at ${data.baseUrl}. Open the link where you are signed in; it works once, for ${data.hours} hours:`,
    ],
    link: { text: 'This is my new address', url: data.link },
    end: ['Was it not you? Then there is nothing to do: nothing is changed.'],
  }
}

function changeLetter(data: {
  name: string
  when: string
  email: string
  baseUrl: string
}): Letter {
  return {
    name: data.name,
    paragraphs: [
      `the e-mail address of your account was changed to ${data.email} on ${shownTime(data.when)}.`,
      `Was it not you? Sign in at ${data.baseUrl}, change your password, and end all other sessions; if you cannot, write to whoever runs the service.`,
    ],
  }
}
