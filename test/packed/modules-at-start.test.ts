import assert from 'node:assert/strict'
import path from 'node:path'
import { before, test } from 'node:test'
import { ROOT } from '../gates/source/files.ts'
import type { Loaded } from './modules-at-start.ts'
import { modulesAtStart } from './modules-at-start.ts'

// What a start is made of is counted, not timed. A package that comes into it is a decision: it costs every
// start of every service, so write it here with what it is for, or load it when it is first needed.
const NEEDED = {
  'what serves': ['fastify', 'avvio', 'find-my-way', 'zod'],
  'what reads the configuration': ['yaml'],
  'what holds the database': ['pg', 'pg-pool', 'pg-protocol', 'pg-types', 'pg-connection-string'],
  'what writes the log': ['pino', 'sonic-boom'],
  'what counts': ['prom-client'],
}
const NEVER = [
  '@fastify/ajv-compiler',
  '@fastify/static',
  '@fastify/swagger',
  '@fastify/swagger-ui',
  '@node-rs/argon2',
  '@node-rs/bcrypt',
  '@opentelemetry/api',
  '@simplewebauthn/server',
  'ajv',
  'ioredis',
  'jose',
  'kysely',
  'nodemailer',
  'otpauth',
  'pg-boss',
  'uqr',
]
/** Of all other packages together; a bare Fastify with pg and zod loads 380, Ajv among them. */
const MOST_FOREIGN = 380

let loaded: Loaded
before(async () => {
  loaded = await modulesAtStart(path.join(ROOT, 'template'), process.env)
})

test('a start loads what serves, and nothing that waits for a first use', () => {
  const missing = Object.values(NEEDED)
    .flat()
    .filter((name) => !loaded.packages.has(name))
  assert.deepEqual(missing, [])
  assert.deepEqual(
    NEVER.filter((name) => loaded.packages.has(name)),
    [],
  )
})

test(`other packages bring at most ${MOST_FOREIGN} modules into a start`, (context) => {
  const sum = [...loaded.packages.values()].reduce((total, count) => total + count, 0)
  context.diagnostic(`${sum} modules of ${loaded.packages.size} packages, ${loaded.own} of our own`)
  assert.ok(sum <= MOST_FOREIGN, [...loaded.packages].map((entry) => entry.join(' ')).join(', '))
})

test('nobody imports node:http as a module: that loads a whole HTTP client', () => {
  assert.deepEqual(
    loaded.internal.filter((name) => name.includes('undici')),
    [],
  )
})
