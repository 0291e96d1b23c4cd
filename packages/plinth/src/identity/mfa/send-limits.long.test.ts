import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Answer, Person } from '../../testing/person.ts'
import type { MfaWorld } from './mfa.fixture.ts'
import { openMfa } from './mfa.fixture.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa({ 'mfa.sms.most_per_country_per_day': 10, 'mfa.sms.most_per_day': 14 })
})
after(() => mfa[Symbol.asyncDispose]())

let numbers = 0
const newNumber = (country = '+49') => {
  numbers += 1
  return `${country}15${String(numbers).padStart(9, '0')}`
}

/** Somebody new who is signed in; what they ask for comes from a network of its own, or from this one. */
async function newcomer(from?: string): Promise<Person> {
  const { browser } = await mfa.logIn(await mfa.account())
  if (from === undefined) return browser
  const there = mfa.at(from)
  for (const [name, value] of browser.cookies) there.cookies.set(name, value)
  return there
}

const toPhone = (person: Person, phone: string) =>
  person.post('/auth/mfa/setup', { kind: 'sms', phone })
const toMailbox = (person: Person) => person.post('/auth/mfa/setup', { kind: 'email' })

const isRefused = ({ status, headers, body }: Answer) => {
  assert.equal(status, 429, JSON.stringify(body))
  assert.match(String(body['detail']), /^Too many codes were sent/)
  return Number(headers.get('retry-after'))
}
const isSent = ({ status, body }: Answer) => assert.equal(status, 200, JSON.stringify(body))
const sent = () => mfa.gateway.received.length
/** Goes on to the next full hour, or midnight (UTC): what was counted for the last one is over. */
const onTo = (windowMs: number) =>
  mfa.world.clock.advance(windowMs - (mfa.world.clock.now() % windowMs) + 1_000)

test('MF-21 a number gets six codes in an hour, whoever asks', async () => {
  onTo(HOUR_MS)
  const phone = newNumber()
  for (let times = 0; times < 6; times += 1) isSent(await toPhone(await newcomer(), phone))
  isRefused(await toPhone(await newcomer(), phone))
  isSent(await toPhone(await newcomer(), newNumber()))
})

test('MF-21 a person asks for six codes in an hour and twenty in a day, to whatever mailbox', async () => {
  onTo(DAY_MS)
  const who = await mfa.account()
  for (const most of [6, 6, 6, 2]) {
    const { browser } = await mfa.logIn(who)
    for (let times = 0; times < most; times += 1) isSent(await toMailbox(browser))
    const wait = isRefused(await toMailbox(browser))
    assert.equal(wait > HOUR_MS / 1_000, most === 2, `${wait} s`)
    onTo(HOUR_MS)
  }
})

test('MF-21 a network of IPv6 asks for twenty codes in an hour, from however many addresses', async () => {
  onTo(HOUR_MS)
  for (let at = 0; at < 20; at += 1) isSent(await toMailbox(await newcomer(`2001:db8:7:7::${at}`)))
  isRefused(await toMailbox(await newcomer('2001:db8:7:7:ffff::1')))
  isSent(await toMailbox(await newcomer('2001:db8:7:8::1')))
})

test('MF-21 a country gets so many in a day, and so does the whole service: then none is sent', async () => {
  onTo(DAY_MS)
  for (let at = 0; at < 10; at += 1) isSent(await toPhone(await newcomer(), newNumber('+49')))
  isRefused(await toPhone(await newcomer(), newNumber('+49')))
  for (let at = 0; at < 4; at += 1) isSent(await toPhone(await newcomer(), newNumber('+4420')))
  isRefused(await toPhone(await newcomer(), newNumber('+4420')))
  await mfa.mails()
  const before = sent()
  isRefused(await toPhone(await newcomer(), newNumber('+4420')))
  await mfa.mails()
  assert.equal(sent(), before)
  // Mail costs nothing of it.
  isSent(await toMailbox(await newcomer()))
})
