import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlatformTx } from '../data/index.ts'
import type { MailContent, Notify } from '../notify/index.ts'
import { passwordResetLink } from '../notify/index.ts'
import { withTexts } from './mail-texts.ts'

const data = {
  name: 'Ana',
  baseUrl: 'https://app.example.com',
  link: 'https://app.example.com/auth/reset-password#token=x',
  minutes: 30,
}

function mailer(texts: Parameters<typeof withTexts>[1]) {
  const sent: MailContent[] = []
  const mail: Notify['mail'] = async (_tx, template, _to, given) =>
    void sent.push(template.write(given))
  const notify = withTexts({ mail }, texts)
  const tx = {} as PlatformTx
  return {
    sent,
    send: (more = {}) => notify.mail(tx, passwordResetLink, 'a@example.com', { ...data, ...more }),
  }
}

test('hooks: a mail has the words of the service, or ours where it has none', async () => {
  const own = { subject: 'Neues Passwort', text: 'Hier entlang', html: '<p>Hier entlang</p>' }
  const asked: string[] = []
  const german = mailer(({ name, data: { link } }) => {
    asked.push(`${name} ${link}`)
    return own
  })
  await german.send()
  assert.deepEqual(german.sent, [own])
  assert.deepEqual(asked, [`account.password_reset ${data.link}`])
  const silent = mailer(() => undefined)
  await silent.send()
  assert.equal(silent.sent[0]?.subject, 'Set a new password')
})

test('hooks: what a mail is told is checked all the same', async () => {
  const { send, sent } = mailer(() => ({ subject: '', text: '', html: '' }))
  await assert.rejects(send({ link: 'javascript:alert(1)' }))
  assert.deepEqual(sent, [])
})
