#!/usr/bin/env node
// `npm create plinth my-service` is `plinth new my-service`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const plinth = fileURLToPath(import.meta.resolve('@plinth/cli/bin/plinth.js'))
const run = spawnSync(process.execPath, [plinth, 'new', ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = run.status ?? 1
