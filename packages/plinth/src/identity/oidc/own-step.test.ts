import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { keptStrictBack, takeOwnStep } from './own-step.ts'

const app = Fastify()
app.get('/callback', (request, reply) => {
  const strict = { secure: false, sameSite: 'strict' } as const
  if (keptStrictBack(strict, { request })) takeOwnStep({ request, reply })
  else reply.send('taken')
  return reply
})

const call = (url: string, site?: string) =>
  app.inject({ url, headers: { ...(site && { 'sec-fetch-site': site }) } })

test('D19 a step from another site is followed by one of our own, and only that', async () => {
  assert.match((await call('/callback?code=1', 'cross-site')).body, /http-equiv="refresh"/)
  for (const site of ['same-origin', 'same-site', 'none', undefined]) {
    assert.equal((await call('/callback?code=1', site)).body, 'taken', site)
  }
})

test('D19 whatever stands in the address stays an address', async () => {
  const hostile = `/callback?state=';url=//evil.test&x="><script>alert(1)</script>`
  const { body } = await call(hostile, 'cross-site')
  assert.ok(!body.includes('<script'), body)
  const [, target = ''] = /content="0; url=&#39;|content="0; url='([^']*)'"/.exec(body) ?? []
  assert.ok(target.startsWith('/callback?state=%27;url=//evil.test'), target)
})
