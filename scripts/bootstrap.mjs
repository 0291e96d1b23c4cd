// Runs a script of this repository on a machine that has only Node 20 (or newer) and npm:
// installs what package-lock.json names, then goes on under the Node that it pins.
//   node scripts/bootstrap.mjs start [options of `plinth dev`]
//   node scripts/bootstrap.mjs <script> [arguments]
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keptByNpm } from './kept-by-npm.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const windows = process.platform === 'win32'
const pinnedNode = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')

await main(process.argv.slice(2))

async function main([target, ...rest]) {
  if (Number(process.versions.node.split('.')[0]) < 20)
    return fail(
      `This needs Node 20 or newer, and this is ${process.version}; get one at nodejs.org.`,
    )
  if (target === undefined) return fail('Say what to run: `npm start` or `npm test`.')
  const kept = keptByNpm(process.env)
  if (kept !== undefined) return fail(kept)
  if (!isInstalled()) {
    const problem = await install()
    if (problem !== undefined) return fail(problem)
  }
  const start = [join(root, 'packages/cli/bin/plinth.js'), 'dev']
  const command = target === 'start' ? start : [resolve(root, target)]
  const cwd = target === 'start' ? join(root, 'template') : process.cwd()
  process.exitCode = await goOn([...command, ...rest], cwd)
}

/** npm writes down what it installed; that must be what the lockfile names, version for version. */
function isInstalled() {
  if (!existsSync(pinnedNode)) return false
  const wanted = packagesIn(join(root, 'package-lock.json'))
  const found = packagesIn(join(root, 'node_modules', '.package-lock.json'))
  if (wanted === undefined || found === undefined) return false
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (!path.includes('node_modules/')) return true
    const there = found[path]
    if (there === undefined) return optional === true
    return there.version === version && (there.integrity ?? integrity) === integrity
  })
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** Undefined when everything is there, else the one sentence that says what to do. */
async function install() {
  if (!existsSync(join(root, 'package-lock.json')))
    return 'package-lock.json is missing, and nothing is installed without it; restore it with `git checkout package-lock.json`.'
  const started = Date.now()
  const say = (text) => process.stderr.write(`${text}\n`)
  say('Installing packages (first run, or package-lock.json has changed) …')
  const pulse = setInterval(() => say(`  still installing, ${seconds(started)} s`), 10_000)
  const { code, output } = await npmCi()
  clearInterval(pulse)
  if (code === 0 && isInstalled()) {
    say(`Installed in ${seconds(started)} s.`)
    return undefined
  }
  if (code === 'ENOENT') return 'npm was not found; install it (it comes with Node) and try again.'
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED/.test(output))
    return 'The packages could not be downloaded: the npm registry cannot be reached. Check the network or proxy settings, then run this again.'
  if (/EACCES|EPERM|EROFS/.test(output))
    return `The packages could not be installed: ${root} is not writable for you. Give yourself write access to it, then run this again.`
  const said = /npm (?:error|ERR!) (?!code)(.+)/.exec(output)?.[1] ?? `npm ci ended with ${code}`
  const reason = said.trim().replace(/\.( .*)?$/, '')
  return `The packages could not be installed: ${reason}. Run \`npm ci\` in ${root} to see all of it.`
}

function npmCi() {
  // The pinned Node lies in the folder that npm is about to delete: npm runs on the machine's own.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((part) => !/node_modules/.test(part))
  const { NODE_OPTIONS: _conditions, ...env } = process.env
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = spawn('npm', flags, {
    cwd: root,
    env: { ...env, PATH: path.join(delimiter) },
    shell: windows,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  return new Promise((done) => {
    npm.once('error', (error) => done({ code: error.code, output }))
    npm.once('close', (code) => done({ code, output }))
  })
}

/** Runs the command under the pinned Node, from TypeScript sources, and ends as it ends. */
function goOn(command, cwd) {
  const options = process.env.NODE_OPTIONS ?? ''
  const conditions = '--conditions=plinth-source'
  const bin = join(root, 'node_modules', '.bin')
  const child = spawn(pinnedNode, command, {
    cwd,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: options.includes(conditions) ? options : `${options} ${conditions}`.trim(),
      PATH: [bin, process.env.PATH].filter(Boolean).join(delimiter),
    },
  })
  // Ctrl-C reaches the child by itself, from the terminal; the others are passed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((done) => {
    child.once('error', (error) => done(fail(`${pinnedNode} does not start: ${error.message}.`)))
    child.once('close', (code, signal) => done(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)))
  })
}

function seconds(since) {
  return Math.round((Date.now() - since) / 1000)
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
  return 1
}
