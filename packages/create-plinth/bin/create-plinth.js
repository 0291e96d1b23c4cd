#!/usr/bin/env node
// `npm create plinth my-service` is `plinth new my-service`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const NEEDED = 20

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `create-plinth needs Node ${NEEDED} or newer, and this is ${process.version}; install one from nodejs.org.\n`,
  )
  process.exitCode = 2
} else {
  const plinth = fileURLToPath(import.meta.resolve('@plinth/cli/bin/plinth.js'))
  const command = [plinth, 'new', ...process.argv.slice(2)]
  process.exitCode = spawnSync(process.execPath, command, { stdio: 'inherit' }).status ?? 1
}
