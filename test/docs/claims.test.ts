import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../gates/source/files.ts'
import { unproved } from './proofs.ts'

test('a claim without a test, or with one that nobody wrote, is seen', () => {
  const claims = [
    'one',
    'two <!-- a test that nobody wrote -->',
    'three <!-- a Secret never prints --> <!-- a test that nobody wrote -->',
    'x <!-- a Secret never prints --> <!-- what is sealed twice never looks alike -->',
  ]
  assert.deepEqual(unproved(claims), claims.slice(0, 3))
})

test('README: every line of "What is on" names a test', () => {
  const [, list = ''] = /## What is on\n([\s\S]*?)\n## /.exec(read('README.md')) ?? []
  const lines = list.split('\n').filter((line) => line.startsWith('* '))
  assert.notEqual(lines.length, 0)
  assert.deepEqual(unproved(lines), [])
})

test('SECURITY.md: what is kept how, and what stands at each boundary, names a test', () => {
  const sections = read('SECURITY.md')
    .split('### ')
    .filter((section) => /^(?:What is worth|Where trust)/.test(section))
  const rows = sections.flatMap((section) => section.match(/^\| (?!asset|boundary).+$/gm) ?? [])
  assert.equal(sections.length, 2)
  assert.ok(rows.length > 20)
  assert.deepEqual(unproved(rows), [])
})

test('docs/principles.md: each of the eleven names a test', () => {
  const [, ...items] = read('docs/principles.md').split(/^\d+\. /m)
  assert.equal(items.length, 11)
  assert.deepEqual(unproved(items), [])
})

test('docs/lifecycle.md: each step, the start and the end name a test', () => {
  const steps = read('docs/lifecycle.md')
    .split('\n\n')
    .filter((paragraph) => paragraph.startsWith('**'))
  assert.equal(steps.length, 9)
  assert.deepEqual(unproved(steps), [])
})
