import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import { Secret } from '../kernel/index.ts'
import { openTestMailbox } from '../testing/mailbox.ts'
import { notifySettings } from './index.ts'
import { smtpTransport } from './smtp-transport.ts'

let mailbox: Awaited<ReturnType<typeof openTestMailbox>>
before(async () => {
  mailbox = await openTestMailbox()
})
after(() => mailbox.stop())

function transportTo(port: number, more: object = {}) {
  const { smtp } = notifySettings.parse({
    smtp: { port, tls: 'none', from: 'The Shop <shop@plinth.test>', ...more },
  })
  return smtpTransport({ ...smtp, host: '127.0.0.1' })
}

const mail = {
  to: { name: 'Ana "A", Bcc: x@evil.test', address: 'ana@acme.test' },
  id: '0190a0a0-0000-7000-8000-000000000000',
  subject: 'Grüße, ✓ Bcc: x@evil.test',
  text: '.\r\nBcc: y@evil.test\r\n.\r\nQUIT',
  html: '<p>hello</p>',
}

test('HI-22 a mail arrives as it was written, to its one recipient', async () => {
  await transportTo(Number(new URL(mailbox.smtpUrl).port)).send(mail)
  const [received] = mailbox.messages()
  assert.deepEqual(received?.to, ['ana@acme.test'])
  assert.equal(received?.from, 'The Shop <shop@plinth.test>')
  assert.equal(received?.subject, mail.subject)
  assert.equal(received?.text.trimEnd(), mail.text.replaceAll('\r\n', '\n'))
  const header = (name: string) => received?.headers.find((each) => each.name === name)?.value
  assert.equal(header('message-id'), `<${mail.id}@plinth.test>`)
  assert.equal(header('auto-submitted'), 'auto-generated')
  assert.equal(header('bcc'), undefined)
})

test('starttls refuses a server that offers none, before any mail or password is sent', async () => {
  const before = mailbox.messages().length
  const port = Number(new URL(mailbox.smtpUrl).port)
  const transport = transportTo(port, {
    tls: 'starttls',
    user: 'u',
    password: new Secret('x').reveal(),
  })
  await assert.rejects(transport.send(mail), /STARTTLS/i)
  assert.equal(mailbox.messages().length, before)
})

test('FI-25 a server that hangs up or answers 4xx is an error with its code', async () => {
  const greylist = await scripted(
    '220 test\r\n',
    [/^EHLO/, '250 test\r\n'],
    [/^MAIL/, '451 later\r\n'],
  )
  await assert.rejects(transportTo(greylist.port).send(mail), { responseCode: 451 })
  greylist.server.close()
  await assert.rejects(transportTo(greylist.port).send(mail), /ECONNREFUSED/)
})

/** A mail server that says what the script says. */
async function scripted(greeting: string, ...script: readonly [RegExp, string][]) {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write(greeting)
    socket.on('data', (data) => {
      const [, answer] = script.find(([what]) => what.test(String(data))) ?? []
      socket.write(answer ?? '250 ok\r\n')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}
