import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appSettings } from './app.settings.ts'

const { post_login_default: setting } = appSettings.shape

test('4.1 C4 the page after sign-in is one of this service, in a form that a Location may have', () => {
  for (const [given, kept] of [
    ['/', '/'],
    ['/welcome?new=1#top', '/welcome?new=1#top'],
    ['/日本', '/%E6%97%A5%E6%9C%AC'],
    ['/authors', '/authors'],
    ['/a/../b', '/b'],
  ] as const) {
    assert.equal(setting.parse(given), kept)
  }
  for (const away of [
    '//evil.test',
    '/\\evil.test',
    '/.//evil.test',
    'https://evil.test',
    'a',
    '',
  ]) {
    assert.match(fault(away), /leaves this service/, away)
  }
})

test('security.md 5.1 the page after sign-in is no route of sign-in: nobody would arrive', () => {
  for (const loop of [
    '/auth',
    '/auth/web/login',
    '/AUTH/x',
    '/a/../auth/sign-in',
    '/t/acme/auth/web/login',
  ]) {
    assert.match(fault(loop), /leads back to signing in/, loop)
  }
})

function fault(text: string): string {
  return setting.safeParse(text).error?.issues[0]?.message ?? 'accepted'
}
