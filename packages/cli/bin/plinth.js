#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED = 24
// Making a service is asked of a machine that has never seen one; all else runs the service's own TypeScript.
const EVERYWHERE = ['new', 'help', '--help', '-h']
const CONDITIONS = '--conditions=plinth-source'
const home = dirname(dirname(fileURLToPath(import.meta.url)))
// In Plinth's own repository there are sources and no build; an installed package is the other way.
const fromSource =
  !home.includes(`${sep}node_modules${sep}`) && existsSync(join(home, 'src/main.ts'))
const pinned = join(home, '../../node_modules/node/bin/node')
const old = Number(process.versions.node.split('.')[0]) < NEEDED

if (old && fromSource && existsSync(pinned)) {
  again(pinned)
} else if (old && (fromSource || !EVERYWHERE.includes(process.argv[2]))) {
  const run = onceMore().map(quoted).join(' ')
  process.stderr.write(
    `plinth needs Node ${NEEDED} or newer, and this is ${process.version}; install it from nodejs.org, or run once with \`${run}\`.\n`,
  )
  process.exitCode = 2
} else if (fromSource && !hasConditions()) {
  again(process.execPath)
} else {
  module.enableCompileCache?.()
  // Whoever reads may have seen enough (`| head`); the work is carried to its end all the same.
  process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error
  })
  const { main } = await import(fromSource ? '../src/main.ts' : '../dist/main.js')
  await main(process.argv.slice(2))
}

/** The command under a newer Node; of a script that npm runs, this is only the first of several. */
function onceMore() {
  const { npm_command: command, npm_lifecycle_event: script } = process.env
  if (script === undefined || !/^(run|run-script|start|test)$/.test(command ?? ''))
    return ['npx', '--yes', `node@${NEEDED}`, ...process.argv.slice(1)]
  return ['npx', '--yes', '--package', `node@${NEEDED}`, '--', 'npm', 'run', script]
}

/** As a shell takes it for one word. */
function quoted(word) {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function hasConditions() {
  return [process.env.NODE_OPTIONS ?? '', ...process.execArgv].join(' ').includes(CONDITIONS)
}

/** The same command, with the condition under which `plinth` means its sources. */
function again(node) {
  const options = `${process.env.NODE_OPTIONS ?? ''} ${CONDITIONS}`.trim()
  const env = { ...process.env, NODE_OPTIONS: options }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env })
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGKILL' ? 137 : 143)
  })
}
