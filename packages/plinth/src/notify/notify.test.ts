import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { Client } from 'pg'
import { createOutbox, drainJobs, jobsSettings } from '../jobs/index.ts'
import { type Id, newId, Secret, systemClock } from '../kernel/index.ts'
import { createOutbound, outboundSettings } from '../outbound/index.ts'
import { createLog, loggingSettings } from '../telemetry/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import { openTestMailbox } from '../testing/mailbox.ts'
import { createNotify, type Notify, newDeviceSignIn, notifySettings } from './index.ts'

const settings = jobsSettings.parse({ retry_delay_seconds: 1 })
const lines: string[] = []
const log = createLog({
  settings: loggingSettings.parse({ file: null }),
  clock: systemClock,
  stream: { write: (line) => lines.push(line) },
})
const parts = {
  log,
  clock: systemClock,
  secret: new Secret('a-secret-of-the-notify-tests-0123456'),
  outbound: createOutbound({
    settings: outboundSettings.parse({ timeout_ms: 2_000 }),
    clock: systemClock,
    log,
  }),
}
const notice = {
  name: 'Ana',
  when: '2026-01-02T03:04:05.678Z',
  device: 'Firefox on Linux',
  address: '203.0.113.9',
  baseUrl: 'https://app.test',
}
let opened: Awaited<ReturnType<typeof openTestDatabase>>
let mailbox: Awaited<ReturnType<typeof openTestMailbox>>
let owner: Client
let tenant: Id<'tenant'>
let notify: Notify

before(async () => {
  mailbox = await openTestMailbox()
  notify = notifyTo(Number(new URL(mailbox.smtpUrl).port))
  opened = await openTestDatabase({ outbox: () => createOutbox({ jobs: notify.jobs, settings }) })
  owner = new Client({ connectionString: opened.ownerUrl })
  await owner.connect()
  tenant = newId<'tenant'>()
  await owner.query(
    `INSERT INTO plinth.tenants (id, slug, name, kind) VALUES ($1, 'ana', 'Ana', 'personal')`,
    [tenant],
  )
})
beforeEach(() => owner.query('DELETE FROM plinth_jobs.job'))
after(async () => {
  await Promise.all([owner.end(), mailbox.stop()])
  await opened[Symbol.asyncDispose]()
})

function notifyTo(port: number): Notify {
  const smtp = { host: '127.0.0.1', port, tls: 'none', from: 'The Shop <shop@plinth.test>' }
  return createNotify({ ...parts, settings: notifySettings.parse({ smtp }) })
}

function drain(using: Notify = notify): Promise<number> {
  const metrics = { observeJob: () => {} }
  return drainJobs({
    database: opened.database,
    jobs: using.jobs,
    rights: { everybodys: [], refused: async () => undefined },
    log,
    metrics,
    clock: systemClock,
    settings,
  })
}

async function jobs(): Promise<{ state: string; output: unknown }[]> {
  return (await owner.query('SELECT state, output FROM plinth_jobs.job')).rows
}

test('a mail of a tenant goes out after the commit, through SMTP', async () => {
  await opened.database
    .forTenant(tenant)
    .transaction((tx) =>
      notify.mail(tx, newDeviceSignIn, { name: 'Ana', address: 'ana@acme.test' }, notice),
    )
  const before = mailbox.messages().length
  assert.equal(await drain(), 1)
  assert.equal(mailbox.messages().length, before + 1)
  const [mail] = mailbox.messages()
  assert.deepEqual(mail?.to, ['ana@acme.test'])
  assert.equal(mail?.subject, 'New sign-in to your account')
  assert.match(mail?.text ?? '', /Firefox on Linux/)
  assert.match(mail?.html ?? '', /203\.0\.113\.9/)
})

test('the platform sends mail without a tenant: signing in comes before one is chosen', async () => {
  await opened.database.platform.transaction((tx) =>
    notify.mail(tx, newDeviceSignIn, 'ana@acme.test', { ...notice, name: 'Nobody' }),
  )
  assert.equal(await drain(), 1)
  assert.match(mailbox.messages()[0]?.text ?? '', /Hello Nobody/)
})

test('a mail of a transaction that is rolled back never goes out', async () => {
  const attempt = opened.database.platform.transaction(async (tx) => {
    await notify.mail(tx, newDeviceSignIn, 'ana@acme.test', notice)
    throw new Error('no')
  })
  await assert.rejects(attempt, /no/)
  assert.equal(await drain(), 0)
})

test('HI-22 a refused address stops the transaction, not the mail server', async () => {
  const attempt = opened.database.platform.transaction((tx) =>
    notify.mail(tx, newDeviceSignIn, 'ana@acme.test\r\nBcc: x@evil.test', notice),
  )
  await assert.rejects(attempt, { code: 'mail.address_refused', status: 422 })
})

test('FI-25 the mail server is down: the request does not wait, the mail is tried again and arrives', async () => {
  const down = notifyTo(1)
  const started = performance.now()
  await opened.database.platform.transaction((tx) =>
    down.mail(tx, newDeviceSignIn, 'ana@acme.test', notice),
  )
  assert.ok(performance.now() - started < 5_000)
  assert.equal(await drain(down), 1)
  assert.match(JSON.stringify(await jobs()), /"state":"retry".*ECONNREFUSED/)
  await owner.query('UPDATE plinth_jobs.job SET start_after = now()')
  const before = mailbox.messages().length
  assert.equal(await drain(), 1)
  assert.equal(mailbox.messages().length, before + 1)
})

for (const [name, answer, state] of [
  ['FI-25 greylisting (451) is tried again', '451 come back later', 'retry'],
  ['FI-25 a mailbox that is not there (550) is final', '550 no such mailbox', 'failed'],
  ['FI-25 a full server (452) is tried again', '452 too many mails', 'retry'],
] as const) {
  test(name, async () => {
    await using server = await answering(answer)
    const strict = notifyTo(server.port)
    await opened.database.platform.transaction((tx) =>
      strict.mail(tx, newDeviceSignIn, 'ana@acme.test', notice),
    )
    assert.equal(await drain(strict), 1)
    const [job] = await jobs()
    assert.equal(job?.state, state)
    assert.match(JSON.stringify(job?.output), new RegExp(answer))
  })
}

test('without a mail server nothing is written, and both the start and each mail say so', async () => {
  const none = createNotify({ ...parts, settings: notifySettings.parse({}) })
  assert.match(none.announcement ?? '', /^smtp\.host is not set, so no mail is sent; set it/)
  assert.deepEqual(none.jobs, [])
  await opened.database.platform.transaction((tx) =>
    none.mail(tx, newDeviceSignIn, 'ana@acme.test', notice),
  )
  assert.deepEqual(await jobs(), [])
  assert.match(lines.at(-1) ?? '', /account\.new_device/)
})

/** A mail server that gives one answer to every recipient. */
async function answering(answer: string): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write('220 test\r\n')
    socket.on('data', (data) => {
      socket.write(`${/^RCPT/.test(String(data)) ? answer : '250 ok'}\r\n`)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())) }
}
