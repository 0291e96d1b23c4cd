import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { html } from '../feature/index.ts'
import { mailTemplate, newDeviceSignIn, notifySettings } from './index.ts'
import { mailAddress, readMailbox } from './mail-address.ts'

const hello = mailTemplate('test.hello', {
  data: { name: z.string() },
  subject: ({ name }) => `Hello ${name}`,
  text: ({ name }) => `Hello ${name}`,
  html: ({ name }) => html`<p title="${name}">Hello ${name}</p>`,
})

test('HI-22 a line break in a value cannot begin a header: it becomes a space', () => {
  for (const bad of [
    '\r\nBcc: x@evil.test',
    '\nBcc: x@evil.test',
    '\u2028Bcc: x',
    '\u0000Bcc: x',
  ]) {
    const { subject } = hello.write({ name: `Ana${bad}` })
    assert.doesNotMatch(subject, /[\p{Cc}\u2028\u2029]/u)
    assert.match(subject, /^Hello Ana Bcc/)
    assert.match(mailAddress({ name: `Ana${bad}`, address: 'a@b.test' }).name ?? '', /^Ana Bcc/)
  }
  assert.ok(hello.write({ name: 'x'.repeat(10_000) }).subject.length <= 200)
})

test('HI-22 only one plain address is an address', () => {
  const bad = [
    '',
    'a',
    'a@',
    '@b.test',
    'a@b.test\r\nBcc: c@d.test',
    'a@b.test,c@d.test',
    'a@b.test c@d.test',
    'Ana <a@b.test>',
    '"a b"@c.test',
    'a@b@c.test',
    'a@b.test;',
    'a(comment)@b.test',
    'a\u0000@b.test',
    'a\u202e@b.test',
    `${'a'.repeat(65)}@b.test`,
  ]
  for (const address of bad) {
    assert.throws(
      () => mailAddress(address),
      { code: 'mail.address_refused' },
      JSON.stringify(address),
    )
  }
  for (const address of [
    'ana@acme.test',
    'ana+tag@sub.acme.test',
    'änä@müller.test',
    "o'neil@acme.test",
  ]) {
    assert.deepEqual(mailAddress(address), { address })
  }
})

test('every value is escaped in the HTML of a mail', () => {
  const { html: written } = hello.write({ name: '<img src=x onerror="1">' })
  assert.match(written, /<p title="&lt;img src=x onerror=&quot;1&quot;&gt;">/)
  assert.doesNotMatch(written, /<img/)
})

test('data that is not declared is refused', () => {
  const data = { name: 'Ana', more: 1 }
  assert.throws(() => hello.write(data), z.ZodError)
})

test('the notice of a new device says who, when, where from, and what to do', () => {
  const mail = newDeviceSignIn.write({
    name: 'Ana <b>',
    when: '2026-01-02T03:04:05.678Z',
    device: 'Firefox on Linux',
    address: '203.0.113.9',
    baseUrl: 'https://app.test',
  })
  assert.equal(mail.subject, 'New sign-in to your account')
  for (const part of [
    '2026-01-02 03:04 UTC',
    'Firefox on Linux',
    '203.0.113.9',
    'https://app.test',
  ]) {
    assert.ok(mail.text.includes(part) && mail.html.includes(part), part)
  }
  assert.ok(mail.html.includes('Ana &lt;b&gt;'))
})

test('the sender is checked with the settings', () => {
  const from = (text: string) => notifySettings.safeParse({ smtp: { from: text } }).success
  assert.ok(from('no-reply@shop.test') && from('The Shop <no-reply@shop.test>'))
  assert.ok(!from('shop') && !from('A <a@b.test>, C <c@d.test>') && !from('A\r\nBcc: x <a@b.test>'))
  assert.deepEqual(readMailbox('The Shop <no-reply@shop.test>'), {
    name: 'The Shop',
    address: 'no-reply@shop.test',
  })
})
