import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownershipOf } from './ownership.ts'
import { templateFiles } from './template-files.ts'

test('each file of a service belongs to its owner, to Plinth, or to both', () => {
  const cases: Readonly<Record<ReturnType<typeof ownershipOf>, readonly string[]>> = {
    yours: [
      'src/main.ts',
      'src/entities/product/product.ts',
      'tests/service.test.ts',
      'migrations/0001_product.up.sql',
      'package-lock.json',
      'pnpm-lock.yaml',
      '.env',
      'docs/generated/a.md',
      'packages/package.json',
      '.github/workflows/deploy.yml',
    ],
    ours: [
      'src/generated/registry.ts',
      '.plinth/manifest.json',
      '.plinth/base/package.json',
      'vendor/plinth-cli-0.1.0.tgz',
    ],
    shared: [
      'package.json',
      'config.yaml',
      '.gitignore',
      'infra/nginx.conf',
      '.github/workflows/ci.yml',
    ],
  }
  for (const [ownership, paths] of Object.entries(cases))
    for (const path of paths) assert.equal(ownershipOf(path), ownership, path)
})

test('what the template brings outside src, tests and migrations is shared', async () => {
  for (const path of (await templateFiles()).keys()) {
    if (/^(src|tests|migrations)\//.test(path)) continue
    assert.equal(ownershipOf(path), 'shared', path)
  }
})
