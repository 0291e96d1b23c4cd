import { inspect } from 'node:util'

export function printFailure(result) {
  const cause = result.error?.cause ?? result.error
  const text = inspect(cause, { maxStringLength: 2_000 }).slice(0, 6_000)
  console.error(`\n✗ ${result.name}\n  ${result.file}\n${indent(text)}`)
}

/** What a file with a failed test printed, and what the services under that test said. */
export function printOutput(file, output) {
  console.error(`\n  output of ${file}\n${indent(output.trimEnd())}`)
}

/** A skip is never silent: each is named with its reason. */
export function printSkips(results) {
  for (const { name, file, why } of results.filter(({ state }) => state === 'skipped')) {
    console.log(`- SKIPPED ${name} (${file}): ${why ?? 'no reason given'}`)
  }
}

export function printSlowest(results, count = 10) {
  const slowest = [...results].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, count)
  console.log('\nSlowest tests:')
  for (const { milliseconds, name } of slowest) {
    console.log(`${String(milliseconds).padStart(7)} ms  ${name}`)
  }
}

/** What each file cost, the dearest first. */
export function printCosts(costs) {
  const column = (milliseconds = 0) => (milliseconds / 1_000).toFixed(1).padStart(8)
  const sum = (key) => costs.reduce((total, cost) => total + (cost[key] ?? 0), 0)
  console.log('\n   cpu s  wall s  file')
  for (const { cpuMs, wallMs, file } of [...costs].sort((a, b) => (b.cpuMs ?? 0) - (a.cpuMs ?? 0)))
    console.log(`${column(cpuMs)}${column(wallMs)}  ${file}`)
  console.log(`${column(sum('cpuMs'))}${column(sum('wallMs'))}  in all, without the database's`)
}

/** Prints the one closing line and returns the number of failures. */
export function printClosing(results) {
  const count = (wanted) => results.filter(({ state }) => state === wanted).length
  const failed = count('failed')
  console.log(`\n${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`)
  return failed
}

function indent(text) {
  return text.replace(/^/gm, '    ')
}
