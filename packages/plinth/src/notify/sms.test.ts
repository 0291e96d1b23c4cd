import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, beforeEach, test } from 'node:test'
import { Client } from 'pg'
import { createOutbox, drainJobs, jobsSettings } from '../jobs/index.ts'
import { Secret } from '../kernel/index.ts'
import { createOutbound, outboundSettings } from '../outbound/index.ts'
import { createLog, loggingSettings } from '../telemetry/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { createNotify, type Notify, newDeviceSignIn, notifySettings, phoneNumber } from './index.ts'

const settings = jobsSettings.parse({ retry_delay_seconds: 1 })
const clock = createTestClock()
const lines: string[] = []
const log = createLog({
  settings: loggingSettings.parse({ file: null }),
  clock,
  stream: { write: (line) => lines.push(line) },
})
const TEXT = '123456 is your code. Nobody of us will ever ask you for it.'
const TO = '+4915112345678'

interface Received {
  readonly path: string
  readonly authorization: string | undefined
  readonly type: string | undefined
  readonly form: Record<string, string>
}

let gateway: Server
let answer = 201
const received: Received[] = []
let opened: Awaited<ReturnType<typeof openTestDatabase>>
let owner: Client
let notify: Notify

before(async () => {
  gateway = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += String(data)
    })
    request.on('end', () => {
      const { authorization, 'content-type': type } = request.headers
      const form = Object.fromEntries(new URLSearchParams(body))
      received.push({ path: request.url ?? '', authorization, type, form })
      response.writeHead(answer, { 'content-type': 'application/json' }).end(JSON.stringify(form))
    })
  })
  await new Promise<void>((done) => gateway.listen(0, '127.0.0.1', done))
  const address = gateway.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  notify = notifyThrough({
    adapter: 'http',
    url: `http://127.0.0.1:${port}/2010-04-01/Accounts/AC1/Messages.json`,
    user: 'AC1',
    password: 'gateway-password',
    from: '+15005550006',
  })
  opened = await openTestDatabase({
    clock,
    outbox: () => createOutbox({ jobs: notify.jobs, settings }),
  })
  owner = new Client({ connectionString: opened.ownerUrl })
  await owner.connect()
})
beforeEach(async () => {
  answer = 201
  received.length = 0
  lines.length = 0
  await owner.query('delete from plinth_jobs.job')
})
after(async () => {
  gateway.closeAllConnections()
  await new Promise<void>((done) => gateway.close(() => done()))
  await owner.end()
  await opened[Symbol.asyncDispose]()
})

function notifyThrough(sms: object): Notify {
  return createNotify({
    settings: notifySettings.parse({ smtp: { host: '127.0.0.1', port: 1, tls: 'none' }, sms }),
    log,
    clock,
    secret: new Secret('a-secret-of-the-sms-tests-0123456789'),
    outbound: createOutbound({
      settings: outboundSettings.parse({ timeout_ms: 2_000 }),
      clock,
      log,
    }),
  })
}

const drain = (using = notify) =>
  drainJobs({
    database: opened.database,
    jobs: using.jobs,
    rights: { everybodys: [], refused: async () => undefined },
    log,
    metrics: { observeJob: () => {} },
    clock,
    settings,
  })

const later = (ms: number) => new Date(clock.now() + ms).toISOString()
const text = (using = notify, notAfter = later(600_000)) =>
  opened.database.platform.transaction((tx) => using.sms(tx, { to: TO, text: TEXT, notAfter }))
const jobs = async (): Promise<{ state: string; data: object; output: unknown }[]> =>
  (await owner.query('select state, data, output from plinth_jobs.job')).rows

test('an SMS goes to the gateway as the form that Twilio takes', async () => {
  await text()
  assert.equal(await drain(), 1)
  assert.deepEqual(received, [
    {
      path: '/2010-04-01/Accounts/AC1/Messages.json',
      authorization: `Basic ${Buffer.from('AC1:gateway-password').toString('base64')}`,
      type: 'application/x-www-form-urlencoded',
      form: { To: TO, From: '+15005550006', Body: TEXT },
    },
  ])
})

test('MF-22 what a message says is in no row of the jobs and in no log line, sent or not', async () => {
  answer = 500
  await text()
  await opened.database.platform.transaction((tx) =>
    notify.mail(tx, newDeviceSignIn, 'ana@acme.test', {
      name: 'Ana',
      when: later(0),
      device: 'Firefox on 123456',
      address: '203.0.113.9',
      baseUrl: 'https://app.test/123456',
    }),
  )
  const waiting = JSON.stringify(await jobs())
  assert.match(waiting, /"sealed":"[\w+/=]{40,}"/)
  await drain()
  answer = 201
  await owner.query("update plinth_jobs.job set start_after = now() where name = 'notify.sms'")
  await drain()
  assert.equal(received.at(-1)?.form['Body'], TEXT)
  for (const seen of [waiting, JSON.stringify(await jobs()), lines.join('\n')]) {
    assert.doesNotMatch(seen, /123456 |123456"|Firefox|gateway-password/)
  }
})

test('MF-22 a message that was moved to another recipient, or sealed elsewhere, does not open', async () => {
  await text()
  await owner.query(
    `update plinth_jobs.job set data = jsonb_set(data, '{input,to}', '"+4917000000000"')`,
  )
  await drain()
  assert.deepEqual(received, [])
  const [job] = await jobs()
  assert.equal(job?.state, 'failed')
  assert.match(JSON.stringify(job?.output), /cannot be opened/)
})

for (const [status, state] of [
  [400, 'failed'],
  [404, 'failed'],
  [401, 'retry'],
  [429, 'retry'],
  [503, 'retry'],
] as const) {
  test(`a gateway that answers ${status} leaves the SMS in state ${state}`, async () => {
    answer = status
    await text()
    await drain()
    const [job] = await jobs()
    assert.equal(job?.state, state)
    // The gateway's answer repeats the message; the job's output must not.
    assert.match(JSON.stringify(job?.output), new RegExp(`The SMS gateway answered ${status}`))
    assert.doesNotMatch(JSON.stringify(job?.output), /123456/)
  })
}

test('an SMS that is too late is not sent', async () => {
  await text(notify, later(-1))
  assert.equal(await drain(), 1)
  assert.deepEqual(received, [])
})

test('the console adapter writes to the log, off refuses', async () => {
  const shown = notifyThrough({ adapter: 'console' })
  await text(shown)
  await drain(shown)
  assert.match(lines.join('\n'), /An SMS that a gateway would send: 123456 is your code/)
  await assert.rejects(text(notifyThrough({})), { code: 'sms.off' })
})

test('HI-22 a phone number has one form, and nothing else is one', () => {
  assert.equal(phoneNumber('+49 (151) 123-456.78'), TO)
  const bad = [
    '',
    '015112345678',
    '+0151',
    '+4915112345678x',
    '+49',
    '+491511234567890123',
    '４９１５',
    '+４９15112345678',
    '+49151\n12345678',
    '+49151\u00a012345678',
    '+49,+1',
  ]
  for (const number of bad) {
    assert.throws(() => phoneNumber(number), { code: 'sms.number_refused' }, number)
  }
})

test('the gateway needs an address and a sender', () => {
  const refused = (sms: object) => !notifySettings.safeParse({ sms }).success
  assert.ok(refused({ adapter: 'http' }) && refused({ adapter: 'http', url: 'https://x.test' }))
  assert.ok(refused({ from: 'A name that is too long' }))
})
