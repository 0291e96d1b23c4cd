import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { createTransport } from 'nodemailer'
import { type RunningMailbox, startMailbox } from './index.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }
let mailbox: RunningMailbox
before(async () => {
  mailbox = await startMailbox({ log })
})
after(() => mailbox.stop())

async function send(mail: { subject: string; text?: string; html?: string }): Promise<void> {
  const transport = createTransport(mailbox.smtpUrl)
  await transport.sendMail({ from: 'Plinth <no-reply@plinth.test>', to: 'ana@acme.test', ...mail })
  transport.close()
}

/** One request with a Host header of our choice. */
function get(path: string, host = new URL(mailbox.url).host, method = 'GET') {
  return new Promise<{ status: number | undefined; policy: string; body: string }>(
    (resolve, reject) => {
      const { port } = new URL(mailbox.url)
      const outgoing = request(
        { host: '127.0.0.1', port, path, method, headers: { host } },
        async (answer) => {
          const chunks = await answer.toArray()
          const policy = String(answer.headers['content-security-policy'])
          resolve({ status: answer.statusCode, policy, body: Buffer.concat(chunks).toString() })
        },
      )
      outgoing.on('error', reject).end()
    },
  )
}

test('a mail sent over SMTP is read back with its parts', async () => {
  await send({
    subject: 'Grüße ✓',
    text: 'Follow https://acme.test/x?y=1 now',
    html: '<p>Hello</p>',
  })
  const [mail] = mailbox.messages()
  assert.equal(mail?.subject, 'Grüße ✓')
  assert.equal(mail?.from, 'Plinth <no-reply@plinth.test>')
  assert.deepEqual(mail?.to, ['ana@acme.test'])
  assert.match(mail?.text ?? '', /Follow/)
  const { body } = await get('/messages.json')
  assert.deepEqual(JSON.parse(body), mailbox.messages())
})

test('a plain SMTP conversation by hand is understood', async () => {
  const socket = connect(Number(new URL(mailbox.smtpUrl).port), '127.0.0.1')
  const lines = socket.setEncoding('utf8')[Symbol.asyncIterator]()
  const say = async (text: string): Promise<string> => {
    if (text !== '') socket.write(`${text}\r\n`)
    return String((await lines.next()).value)
  }
  assert.match(await say(''), /^220 /)
  assert.match(await say('EHLO test'), /^250[ -]/)
  assert.match(await say('MAIL FROM:<a@b.test>'), /^250 /)
  assert.match(await say('RCPT TO:<hidden@b.test>'), /^250 /)
  assert.match(await say('DATA'), /^354 /)
  assert.match(await say('Subject: by hand\r\n\r\nbody\r\n.'), /^250 /)
  socket.destroy()
  assert.equal(mailbox.messages()[0]?.subject, 'by hand')
  assert.deepEqual(mailbox.messages()[0]?.to, ['hidden@b.test'], 'the envelope counts')
})

test('the list and a mail are pages; the text of a mail is inert, its addresses are links', async () => {
  await send({
    subject: '<script>alert(1)</script>',
    text: 'see https://acme.test/a?b=1&c=2, <b>x</b> and https://acme.test/d/.',
  })
  const list = await get('/')
  assert.equal(list.status, 200)
  assert.match(list.body, /&lt;script&gt;/)
  assert.doesNotMatch(list.body, /<script/)
  const view = await get(`/messages/${mailbox.messages()[0]?.id}`)
  assert.match(view.body, /<a href="https:\/\/acme\.test\/a\?b=1&amp;c=2" target="_blank"/)
  assert.match(
    view.body,
    /<a href="https:\/\/acme\.test\/d\/" .*<\/a>\./,
    'a full stop ends the sentence',
  )
  assert.match(view.body, /&lt;b&gt;x&lt;\/b&gt;/)
  assert.match(view.policy, /default-src 'none'; style-src 'nonce-/)
})

test('the HTML of a mail stands in a sandboxed document that runs nothing', async () => {
  await send({
    subject: 'x',
    html: '<script>alert(1)</script><img src="https://tracker.test/p.gif">',
  })
  const id = mailbox.messages()[0]?.id
  assert.match(
    (await get(`/messages/${id}`)).body,
    /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/,
  )
  const { policy } = await get(`/messages/${id}/html`)
  assert.match(policy, /^sandbox allow-popups [^;]*; default-src 'none'; .*img-src data:/)
  assert.doesNotMatch(policy, /allow-scripts|allow-same-origin/)
})

test('only this machine, only reading, only what is there', async () => {
  assert.equal((await get('/messages.json', 'evil.test')).status, 421)
  assert.equal((await get('/', undefined, 'POST')).status, 405)
  assert.equal((await get('/messages/999999')).status, 404)
  assert.equal((await get('/messages/../../etc')).status, 404)
})

test('the last 200 mails are kept', async () => {
  const transport = createTransport({ url: mailbox.smtpUrl, pool: true, maxMessages: 1_000 })
  for (let at = 1; at <= 205; at += 1) {
    await transport.sendMail({ from: 'a@b.test', to: 'c@d.test', subject: `n${at}`, text: 'x' })
  }
  transport.close()
  assert.equal(mailbox.messages().length, 200)
  assert.equal(mailbox.messages()[0]?.subject, 'n205')
})

test('a taken port is named', async () => {
  const httpPort = Number(new URL(mailbox.url).port)
  await assert.rejects(
    startMailbox({ httpPort, log }),
    new RegExp(`cannot listen on port ${httpPort}`),
  )
})

test('production is refused', async (t) => {
  process.env['APP_ENVIRONMENT'] = 'production'
  t.after(() => delete process.env['APP_ENVIRONMENT'])
  await assert.rejects(startMailbox({ log }), /development mailbox is for development/)
})
