import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { platformNames } from './environment-names.ts'
import { faultLine } from './fault.ts'
import { loadConfig } from './load-config.ts'
import {
  app,
  GENERATE,
  KEYS,
  keycloak,
  refusals,
  schema,
  testRefusals,
} from './refusals.fixture.ts'

testRefusals([
  {
    title: 'a required secret is missing',
    env: { SESSION_SIGNING_SECRET: '' },
    lines: [
      `config.yaml app.session_signing_secret: is required and not set → set SESSION_SIGNING_SECRET, for example to the output of: ${GENERATE} (plinth dev sets it by itself)`,
    ],
  },
  {
    title: 'a required setting is missing',
    yaml: keycloak('client_id: app'),
    lines: [
      'config.yaml:4 oidc.providers.keycloak.issuer: is required and not set → set OIDC_KEYCLOAK_ISSUER, or write issuer: … in the block keycloak',
    ],
  },
  {
    title: '4.8 a client id of a provider that the file has no block of',
    env: { OIDC_MICROSOFT_CLIENT_ID: 'app' },
    lines: [
      'environment oidc.providers.microsoft.issuer: is required, as OIDC_MICROSOFT_CLIENT_ID is set, and config.yaml holds nothing of oidc.providers.microsoft → write the block with issuer: …, or take OIDC_MICROSOFT_CLIENT_ID away',
    ],
  },
  {
    title: 'v5.0.0-V6.3.2 a placeholder secret',
    env: { SESSION_SIGNING_SECRET: 'change-me-to-a-long-random-string!' },
    lines: [
      `environment app.session_signing_secret (SESSION_SIGNING_SECRET): is a placeholder, not a secret → use the output of: ${GENERATE}`,
    ],
  },
  {
    title: 'a short secret in .env',
    env: { CSRF_SIGNING_SECRET: undefined },
    dotenv: '# keys\nexport CSRF_SIGNING_SECRET=Zr8Wv1xN5tB7\n',
    lines: [
      `.env:2 app.csrf_signing_secret (CSRF_SIGNING_SECRET): has 12 characters and needs at least 32 → use the output of: ${GENERATE}`,
    ],
  },
  {
    title: 'a weak secret',
    env: { CSRF_SIGNING_SECRET: 'abcabcabcabcabcabcabcabcabcabcabcabc' },
    lines: [
      `environment app.csrf_signing_secret (CSRF_SIGNING_SECRET): repeats one short piece → use the output of: ${GENERATE}`,
    ],
  },
  {
    title: 'a placeholder client secret',
    yaml: keycloak('issuer: https://id.test', 'client_secret: your-client-secret'),
    lines: [
      'config.yaml:6 oidc.providers.keycloak.client_secret: is a placeholder, not a secret → put the real one in a secret file or in the environment',
    ],
  },
  {
    title: 'an unknown key',
    yaml: app('base_ulr: https://api.test'),
    lines: ['config.yaml:3 app.base_ulr: is not a setting → did you mean base_url?'],
  },
  {
    title: 'an unknown key far from any',
    yaml: keycloak('issuer: https://id.test', 'zzzzzzzz: 1'),
    lines: [
      'config.yaml:6 oidc.providers.keycloak.zzzzzzzz: is not a setting → use one of: issuer, client_id, client_secret, dev_only',
    ],
  },
  {
    title: 'a block outside config:',
    yaml: 'app:\n  port: 1\n',
    lines: ['config.yaml:2 app: stands outside the block config: → move it into the block config:'],
  },
  {
    title: 'a key twice',
    yaml: app('port: 1', 'port: 2'),
    lines: ['config.yaml:4: this key stands twice in the same block → keep one of the two'],
  },
  {
    title: 'a number that is none',
    yaml: app('port: eighty'),
    lines: [
      'config.yaml:3 app.port: must be a whole number from 0 to 65535, not "eighty" → see: plinth config explain app.port',
    ],
  },
  {
    title: 'a value that is not one of the list, from .env',
    dotenv: 'SITE=sometimes\n',
    yaml: app('session_cookie:', '  same_site: ${SITE}'),
    lines: [
      'config.yaml:4 app.session_cookie.same_site (SITE from .env:1): must be one of lax, strict, none, not "sometimes" → see: plinth config explain app.session_cookie.same_site',
    ],
  },
  {
    title: 'an unknown environment',
    env: { ENVIRONMENT: 'prodution' },
    lines: [
      'environment app.environment (ENVIRONMENT): must be one of development, test, production, not "prodution" → write production',
    ],
  },
  {
    title: 'two names of one setting differ',
    env: { ENVIRONMENT: 'production', APP_ENVIRONMENT: 'test' },
    lines: [
      'environment app.environment (APP_ENVIRONMENT, ENVIRONMENT): APP_ENVIRONMENT says "test" and ENVIRONMENT says "production" → keep APP_ENVIRONMENT only',
    ],
  },
  {
    title: 'a variable without value inside a text',
    yaml: app('base_url: https://${HOST}/'),
    lines: [
      'config.yaml:3 app.base_url: ${HOST} is not set → set HOST in .env or in the environment, or write a default: ${HOST:-…}',
    ],
  },
  {
    title: 'a variable that the file demands',
    yaml: app('base_url: ${HOST:?the public URL}'),
    lines: ['config.yaml:3 app.base_url: ${HOST} is not set → the public URL'],
  },
  {
    title: 'a ${ that never closes',
    yaml: app('base_url: ${HOST'),
    lines: [
      'config.yaml:3 app.base_url: opens ${ that never closes → close it, put the whole value in quotes, or write $${ for a plain ${',
    ],
  },
  {
    title: 'a base URL that is none',
    env: { BASE_URL: 'api.example.test' },
    lines: [
      'environment app.base_url (BASE_URL): is not an http or https URL → write it like https://api.example.com',
    ],
  },
  {
    title: '* CORS',
    env: { CLIENT_ORIGINS: '*' },
    lines: [
      'environment app.cors.origins (CLIENT_ORIGINS): allows every site with * → list each origin, like https://app.example.com',
    ],
  },
  {
    title: 'an origin with a path',
    yaml: app('cors:', '  origins:', '    - https://a.test', '    - https://b.test/x'),
    lines: [
      'config.yaml:6 app.cors.origins: holds "https://b.test/x", which is more than an origin → list each origin, like https://app.example.com',
    ],
  },
  {
    title: 'a path that leaves the service',
    yaml: app('post_login_default: //evil.test'),
    lines: [
      'config.yaml:3 app.post_login_default: leaves this service → write a path that starts with one /',
    ],
  },
  {
    title: 'a mistake in .env',
    dotenv: 'APP_PORT 8000\n',
    lines: ['.env:1: is not NAME=value → write NAME=value or NAME="value"'],
  },
  {
    title: 'broken YAML',
    yaml: app('host: a: b'),
    lines: [
      'config.yaml:3: is not valid YAML (Nested mappings are not allowed in compact mappings) → check the indentation, and quote values that hold ": ", " #", { or [',
    ],
  },
  {
    title: 'a secret that is too short for its room is not quoted',
    env: { METRICS_TOKEN: 'hunter2' },
    lines: [
      'environment telemetry.metrics_token (METRICS_TOKEN): has fewer than 16 characters → use the output of: openssl rand -base64 32',
    ],
  },
  {
    title: 'a log level that is none',
    env: { LOG_LEVEL: 'loud' },
    lines: [
      'environment logging.level (LOG_LEVEL): must be one of debug, info, warn, error, not "loud" → see: plinth config explain logging.level',
    ],
  },
  {
    title: 'a block where a text belongs',
    yaml: app('name: { a: b }'),
    lines: [
      'config.yaml:3 app.name: must be text of 1 to 80 characters → see: plinth config explain app.name',
    ],
  },
  {
    title: 'several documents in one file',
    yaml: '---\nconfig: {}\n',
    lines: ['config.yaml:2: begins a second document → remove the line with ---'],
  },
  {
    title: 'NUL in the file',
    yaml: app('name: "a\0b"'),
    lines: ['config.yaml: is not UTF-8 text → mend the file'],
  },
  {
    title: 'a secret file that is not there, outside the folder',
    env: { CSRF_SIGNING_SECRET: undefined, CSRF_SIGNING_SECRET_FILE: '/nowhere/at/all' },
    lines: [
      '/nowhere/at/all: the secret file for CSRF_SIGNING_SECRET is not there → put the value of CSRF_SIGNING_SECRET in this file',
      `config.yaml app.csrf_signing_secret: is required and not set → set CSRF_SIGNING_SECRET, for example to the output of: ${GENERATE} (plinth dev sets it by itself)`,
    ],
  },
  {
    title: 'line breaks and terminal escapes in a demand',
    yaml: app('base_url: "${HOST:?one\\ntwo\\e[2J}"'),
    lines: ['config.yaml:3 app.base_url: ${HOST} is not set → one\\u000atwo\\u001b[2J'],
  },
  {
    title: 'terminal escapes in a value',
    env: { APP_PORT: '1\u001b[2J\n2' },
    lines: [
      'environment app.port (APP_PORT): must be a whole number from 0 to 65535, not "1\\u001b[2J\\n2" → see: plinth config explain app.port',
    ],
  },
])

test('FI-52 there is no config.yaml', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plinth-refused-'))
  const result = await loadConfig({ schema, names: platformNames, cwd: folder.path, env: KEYS })
  assert.ok(!result.ok && result.faults[0] !== undefined)
  assert.equal(
    faultLine(result.faults[0]),
    'config.yaml: this file is not in the folder of the service → change to that folder, or write one that starts with: config:',
  )
})

test('FI-52 every mistake is found in one run', async () => {
  const yaml = app('base_ulr: x', 'port: eighty', 'host: ${A')
  const lines = await refusals({
    title: '',
    yaml,
    env: { SESSION_SIGNING_SECRET: 'short' },
    lines: [],
  })
  assert.equal(lines.length, 4)
})
