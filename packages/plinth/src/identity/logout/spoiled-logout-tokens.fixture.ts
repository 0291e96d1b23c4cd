import type { EvilProvider, Json, TokenForm } from '../../testing/index.ts'
import { LOGOUT_EVENT, newSigningKey } from '../../testing/index.ts'

/** A title with its rows, the fault that is found, and how the token is made. */
export type SpoiledToken = readonly [title: string, fault: string, make: () => [Json, TokenForm?]]

/** Logout tokens of a provider with one thing wrong each. */
export function spoiledLogoutTokens(issuer: string): readonly SpoiledToken[] {
  const stranger = newSigningKey()
  return [
    [
      'RP-106 rp-backchannel-rpinitlogout-alg-none',
      'format',
      () => [{}, { header: { alg: 'none' }, signature: () => Buffer.alloc(0) }],
    ],
    [
      'RP-106 alg none, and a signature all the same',
      'alg',
      () => [{}, { header: { alg: 'none' } }],
    ],
    [
      'RP-107 rp-backchannel-rpinitlogout-wrong-alg: HS256',
      'alg',
      () => [{}, { header: { alg: 'HS256' } }],
    ],
    ['RP-107 an algorithm that is not registered', 'alg', () => [{}, { header: { alg: 'PS256' } }]],
    ['RP-107 another key', 'signature', () => [{}, { key: stranger, header: { kid: undefined } }]],
    ['RP-107 a broken signature', 'signature', () => [{}, { signature: (good) => good.reverse() }]],
    ['RP-108 rp-backchannel-rpinitlogout-wrong-aud', 'aud', () => [{ aud: 'somebody-else' }]],
    ['RP-108 a further audience', 'aud', () => [{ aud: ['evil-client', 'somebody-else'] }]],
    ['RP-108 no audience', 'aud', () => [{ aud: undefined }]],
    ['RP-109 rp-backchannel-rpinitlogout-wrong-iss', 'iss', () => [{ iss: 'https://evil.test' }]],
    ['RP-109 a slash more', 'iss', () => [{ iss: `${issuer}/` }]],
    ['RP-109 no issuer', 'iss', () => [{ iss: undefined }]],
    ['RP-110 rp-backchannel-rpinitlogout-no-event', 'events', () => [{ events: undefined }]],
    [
      'RP-110 rp-backchannel-rpinitlogout-wrong-event',
      'events',
      () => [{ events: { 'urn:x': {} } }],
    ],
    ['RP-110 events is a list', 'events', () => [{ events: [LOGOUT_EVENT] }]],
    ['RP-110 events is a text', 'events', () => [{ events: LOGOUT_EVENT }]],
    ['RP-110 the event is no object', 'events', () => [{ events: { [LOGOUT_EVENT]: true } }]],
    ['RP-111 rp-backchannel-rpinitlogout-with-nonce', 'nonce', () => [{ nonce: 'n' }]],
    ['RP-111 a nonce that is null', 'nonce', () => [{ nonce: null }]],
    ['RP-112 neither sid nor sub', 'nobody', () => [{ sub: undefined, sid: undefined }]],
    ['RP-113 sub is null', 'sub', () => [{ sub: null, sid: undefined }]],
    ['RP-113 sub is empty', 'sub', () => [{ sub: '', sid: undefined }]],
    ['RP-113 sub is blank', 'sub', () => [{ sub: ' ' }]],
    ['RP-113 sub is an object', 'sub', () => [{ sub: {} }]],
    ['RP-113 sid is null', 'sid', () => [{ sid: null }]],
    ['RP-113 sid is empty', 'sid', () => [{ sid: '', sub: undefined }]],
    ['RP-113 sid is a list', 'sid', () => [{ sid: ['a'] }]],
    ['RP-114 a week old', 'iat', () => [{ iat: now() - 604_800, exp: now() + 60 }]],
    ['RP-114 five minutes old', 'iat', () => [{ iat: now() - 300 }]],
    ['RP-114 of the future', 'iat', () => [{ iat: now() + 300, exp: now() + 600 }]],
    ['RP-114 no iat', 'iat', () => [{ iat: undefined }]],
    ['RP-114 no exp', 'exp', () => [{ exp: undefined }]],
    ['RP-114 past its exp', 'exp', () => [{ exp: now() - 60 }]],
    ['RP-114 good for a year', 'exp', () => [{ exp: now() + 31_536_000 }]],
    ['RP-114 no jti', 'jti', () => [{ jti: undefined }]],
    ['RP-114 an empty jti', 'jti', () => [{ jti: '' }]],
    ['RP-116 v5.0.0-V10.5.5 typ of an ID token', 'typ', () => [{}, { header: { typ: 'JWT' } }]],
    [
      'RP-116 v5.0.0-V10.5.5 typ of an access token',
      'typ',
      () => [{}, { header: { typ: 'at+jwt' } }],
    ],
    ['RP-116 v5.0.0-V10.5.5 no typ', 'typ', () => [{}, { header: { typ: undefined } }]],
    ['JW-22 crit', 'crit', () => [{}, { header: { crit: ['exp'] } }]],
  ]
}

/** What a provider whose logout tokens have no type signs beside them: the fault that is found, and the token. */
export function mistakableTokens(
  { mint }: EvilProvider,
  sid: string,
): readonly (readonly [fault: string, token: string])[] {
  const events = { [LOGOUT_EVENT]: {} }
  return [
    ['events', mint.id({ sid, jti: 'id' })],
    ['nonce', mint.id({ sid, events, jti: 'nonce', nonce: 'n' })],
    ['typ', mint.id({ sid, events, jti: 'azp', azp: 'other-client' })],
    ['typ', mint.id({ sid, events, jti: 'hash', at_hash: 'x' })],
    ['typ', mint.logout({ sid, scope: 'openid' }, { header: { typ: 'JWT' } })],
    ['typ', mint.logout({ sid }, { header: { typ: 'at+jwt' } })],
    ['typ', mint.logout({ sid }, { header: { typ: '' } })],
    ['nonce', mint.logout({ sid, nonce: 'n' }, { header: { typ: undefined } })],
    ['events', mint.logout({ sid, events: {} }, { header: { typ: undefined } })],
  ]
}

const now = () => Math.floor(Date.now() / 1_000)
