import assert from 'node:assert/strict'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import { tenantName } from '../tenant-name.ts'
import { JwtClaimTenantStrategy } from './jwt-claim-tenant-strategy.ts'
import { pathTenant, splitTenantPath } from './split-tenant-path.ts'
import { SubdomainTenantStrategy } from './subdomain-tenant-strategy.ts'

const BASE = 'api.example.com'

/** A request from an address, as far as a strategy looks at it. */
function requestFrom(address: string, headers: Record<string, string>): FastifyRequest {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: address })
  return { raw: new IncomingMessage(socket), headers } as FastifyRequest
}

const byHost = (host: string) =>
  SubdomainTenantStrategy(BASE).find(requestFrom('203.0.113.9', { host }))

/** What a host comes to: a name, none, or something that is no name and is refused. */
function readingOf(host: string): string {
  const said = byHost(host)
  if (said === undefined) return 'none'
  return tenantName(said)?.text ?? 'refused'
}

const hosts: readonly (readonly [string, string])[] = [
  ['acme.api.example.com', 'acme'],
  ['acme.api.example.com:8443', 'acme'],
  ['a-1.api.example.com', 'a-1'],
  ['api.example.com', 'none'],
  ['API.example.com', 'none'],
  ['example.com', 'none'],
  ['', 'none'],
  ['127.0.0.1', 'none'],
  ['127.0.0.1:8000', 'none'],
  ['[::1]:8000', 'none'],
  ['acme.api.example.com.evil', 'none'],
  ['acme.api.example.com.evil.test', 'none'],
  ['evilapi.example.com', 'none'],
  ['acme-api.example.com', 'none'],
  ['acme.api.example.community', 'none'],
  ['acmeapi.example.com', 'none'],
  ['a.b.api.example.com', 'refused'],
  ['a..api.example.com', 'refused'],
  ['.api.example.com', 'refused'],
  ['acme.api.example.com.', 'refused'],
  ['Acme.api.example.com', 'refused'],
  ['acme.API.example.com', 'refused'],
  ['ac_me.api.example.com', 'refused'],
  ['-acme.api.example.com', 'refused'],
  ['xn--acme-x.api.example.com', 'refused'],
  [`${'a'.repeat(64)}.api.example.com`, 'refused'],
  ['acme%2e.api.example.com', 'refused'],
  ['evil.test, acme.api.example.com', 'refused'],
  ['acme.api.example.com:port', 'none'],
]
for (const [host, reading] of hosts) {
  test(`TN-08 TN-09 the host "${host.slice(0, 40)}" → ${reading}`, () => {
    assert.equal(readingOf(host), reading)
  })
}

test('TN-08 XF-13 a forwarded host counts from a trusted proxy only', () => {
  const strategy = SubdomainTenantStrategy(BASE, { trustedProxies: ['10.0.0.0/8'] })
  const headers = { host: 'own.api.example.com', 'x-forwarded-host': 'other.api.example.com' }
  assert.equal(strategy.find(requestFrom('203.0.113.9', headers)), 'own')
  assert.equal(strategy.find(requestFrom('10.1.2.3', headers)), 'other')
  assert.equal(SubdomainTenantStrategy(BASE).find(requestFrom('10.1.2.3', headers)), 'own')
})

const paths: readonly (readonly [string, string, string?])[] = [
  ['/t/acme/x', '/x', 'acme'],
  ['/t/acme', '/', 'acme'],
  ['/t/acme/', '/', 'acme'],
  ['/t/acme?a=1', '/?a=1', 'acme'],
  ['/t/acme/x?y=/t/evil', '/x?y=/t/evil', 'acme'],
  ['/t/acme/../evil/x', '/../evil/x', 'acme'],
  ['/t/acme/t/evil/x', '/t/evil/x', 'acme'],
  ['/t/acme%2f..%2fevil', '/t/acme%2f..%2fevil'],
  ['//t/acme/x', '//t/acme/x'],
  ['/t//acme/x', '/t//acme/x'],
  ['/t/acme//evil.test', '/t/acme//evil.test'],
  ['/T/acme/x', '/T/acme/x'],
  ['/t/acme;evil/x', '/t/acme;evil/x'],
  ['/t/%61cme/x', '/t/%61cme/x'],
  ['/t/Acme/x', '/t/Acme/x'],
  ['/t/null/x', '/t/null/x'],
  ['/t/xn--acme-x/x', '/t/xn--acme-x/x'],
  ['/t/', '/t/'],
  ['/t', '/t'],
  ['/tacme/x', '/tacme/x'],
  ['/x/t/acme', '/x/t/acme'],
  ['http://h/t/acme/x', 'http://h/t/acme/x'],
  ['*', '*'],
]
for (const [target, routed, tenant] of paths) {
  test(`TN-10 ${target} is routed as ${routed}, in ${tenant ?? 'no tenant'}`, () => {
    const raw = new IncomingMessage(new Socket())
    raw.url = target
    assert.equal(splitTenantPath(raw), routed)
    assert.equal(pathTenant(raw), tenant)
  })
}

test('TN-11 a claim is what the token itself holds, and any value is looked at', () => {
  const claimed = (claims: object) => JwtClaimTenantStrategy('tenant_id', () => claims).find
  const request = requestFrom('127.0.0.1', {})
  assert.equal(claimed({ tenant_id: 'acme' })(request), 'acme')
  assert.equal(claimed({})(request), undefined)
  assert.equal(claimed(Object.create({ tenant_id: 'acme' }))(request), undefined)
  for (const value of [['acme'], 7, {}, '', '*', 'null', '__proto__', null, undefined, true]) {
    const said = claimed({ tenant_id: value })(request)
    assert.notEqual(said, undefined)
    assert.equal(tenantName(said), undefined)
  }
  assert.equal(JwtClaimTenantStrategy().find(request), undefined)
  const user = Object.assign(requestFrom('127.0.0.1', {}), { user: { tenant_id: 'acme' } })
  assert.equal(JwtClaimTenantStrategy().find(user), 'acme')
})
