import { problem } from '../kernel/index.ts'

/** What callers may see of this room. */
export const notifyProblems = {
  addressRefused: problem(
    'mail.address_refused',
    422,
    'This e-mail address cannot be used; give one plain address like name@example.com.',
  ),
  numberRefused: problem(
    'sms.number_refused',
    422,
    'This is not a phone number. Write it with the code of its country, like +4915112345678.',
  ),
  smsOff: problem('sms.off', 422, 'This service sends no SMS. Choose another way.'),
} as const
