import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkName, nameFault } from './service-name.ts'

test('a name is small letters, digits and dashes, and begins with a letter', () => {
  for (const name of ['shop', 'my-service', 'my_service', 'a1', 'billing-2', 'a'.repeat(80)])
    assert.equal(checkName(name), name)
})

test('what nearly fits is answered with what does', () => {
  const cases: readonly [string, string][] = [
    ['My Shop', 'my-shop'],
    ['myShop', 'my-shop'],
    ['2fast', 'fast'],
    ['shop-', 'shop'],
    ['@acme/shop', 'acme-shop'],
    ['.shop', 'shop'],
    ['-shop', 'shop'],
  ]
  for (const [name, near] of cases)
    assert.ok(nameFault(name)?.endsWith(`but "${near}" does.`), name)
  assert.match(nameFault('日本') ?? '', /"日本" does not fit\.$/)
})

test('words that mean something to a system are refused, and nothing else is understood in a name', () => {
  for (const name of ['class', 'con', 'node_modules', 'constructor', 'zod', 'plinth', 'lpt1'])
    assert.match(nameFault(name) ?? '', /; take another name, for example "[a-z_0-9]+-service"\.$/)
  const hostile = [
    '__proto__',
    '$(id)',
    ';id',
    '`id`',
    'a\nb',
    'a\0b',
    'C:\\x',
    'a'.repeat(300),
    '',
    ' ',
  ]
  for (const name of hostile) {
    assert.notEqual(nameFault(name), undefined, name)
    assert.throws(() => checkName(name), { name: 'CliError', exitCode: 2 })
  }
})
