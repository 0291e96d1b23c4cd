import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newToken } from '../kernel/index.ts'
import { ConfigRefused, loadServiceConfig } from './index.ts'

const refuses = async (values: Record<string, string | boolean | readonly string[]>) => {
  const secrets = {
    'app.session_signing_secret': newToken(),
    'app.csrf_signing_secret': newToken(),
    'database.url': 'postgres://app@localhost/x',
  }
  const place = { file: null, env: {}, values: { ...secrets, ...values } }
  try {
    await loadServiceConfig(place)
  } catch (error) {
    assert.ok(error instanceof ConfigRefused)
    return error.message
  }
  return 'accepted'
}

test('RP-119 no setting switches the checks of logout tokens off: each attempt prevents the start', async () => {
  const provider = { 'oidc.providers.a.issuer': 'https://a.example' }
  for (const name of [
    'verify_logout_token',
    'validate_logout_token',
    'backchannel_logout_validation',
    'verify_signature',
    'skip_signature_check',
  ]) {
    const key = `oidc.providers.a.${name}`
    assert.match(await refuses({ ...provider, [key]: false }), new RegExp(name))
    assert.match(await refuses({ ...provider, [`oidc.${name}`]: false }), new RegExp(name))
  }
  const none = { ...provider, 'oidc.providers.a.id_token_algorithms': ['none'] }
  assert.match(await refuses(none), /id_token_algorithms/)
  const empty = { ...provider, 'oidc.providers.a.id_token_algorithms': [] }
  assert.match(await refuses(empty), /id_token_algorithms/)
  assert.equal(await refuses(provider), 'accepted')
})

test('RP-103 B14 oidc.post_logout_redirect_uri must be absolute and ours or listed, or nothing starts', async () => {
  const key = 'oidc.post_logout_redirect_uri'
  for (const bad of [
    '/auth/web/debug',
    'debug',
    '//evil.test/',
    'javascript:alert(1)',
    'http://app.example/',
    'https://u:p@localhost/',
    'https://localhost:8000/#x',
    'https://evil.test/',
    'http://localhost:8001/',
  ]) {
    assert.match(await refuses({ [key]: bad }), /post_logout_redirect_uri/, bad)
  }
  const listed = { 'oidc.allowed_redirect_hosts': ['https://app.example'] }
  assert.equal(await refuses({ [key]: 'https://app.example/bye', ...listed }), 'accepted')
  assert.equal(await refuses({ [key]: 'http://localhost:8000/bye?x=1' }), 'accepted')
  assert.match(await refuses({ [key]: 'https://app.example.evil/', ...listed }), /post_logout/)
})
