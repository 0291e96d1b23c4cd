import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'

const BOOTSTRAP = path.resolve(import.meta.dirname, '../scripts/bootstrap.mjs')

// As npm 10 hands them on: `npm run new ../shop organisations --tenancy --dry-run --no-git`.
const KEPT = {
  npm_lifecycle_event: 'new',
  npm_config_tenancy: 'true',
  npm_config_dry_run: 'true',
  npm_config_git: 'false',
  npm_config_yes: 'true',
}

test('options that npm kept for itself stop a script before it does anything', () => {
  const { PATH } = process.env
  const cli = 'packages/cli/bin/plinth.js'
  const run = spawnSync(process.execPath, [BOOTSTRAP, cli, 'new', '/nowhere/shop'], {
    env: { PATH, ...KEPT },
    encoding: 'utf8',
  })
  assert.equal(run.status, 1)
  assert.equal(
    run.stderr,
    'npm kept --tenancy --no-git --dry-run for itself, and nothing was done: options stand behind --, as in `npm run new -- --tenancy`.\n',
  )
})
