// Loaded into every test process: when a test failed, what the services under test said meanwhile is printed.
import { subscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach } from 'node:test'

const MOST_LINES = 40
const LONGEST_LINE = 1_000
let lines = []
let dropped = 0

subscribe('plinth:test-log', (line) => {
  lines.push(String(line).trimEnd().slice(0, LONGEST_LINE))
  if (lines.length <= MOST_LINES) return
  lines.shift()
  dropped += 1
})

beforeEach(forget)

afterEach((context) => {
  if (context.passed || lines.length === 0) return
  const before = dropped === 0 ? '' : ` (${dropped} lines before these)`
  const text = lines.map((line) => `  ${line}`).join('\n')
  process.stderr.write(`The services said during "${context.name}"${before}:\n${text}\n`)
})

function forget() {
  lines = []
  dropped = 0
}
