import path from 'node:path'
import { inspect } from 'node:util'

export function printFailure(result) {
  const cause = result.error?.cause ?? result.error
  const text = inspect(cause, { maxStringLength: 2_000 }).slice(0, 6_000)
  console.error(`\n✗ ${result.name}\n  ${result.file}\n${indent(text)}`)
}

/** What a group of files with a failed test printed, and what the services under that test said. */
export function printOutput(files, output) {
  const names = files.map((file) => path.relative(process.cwd(), file)).join(', ')
  console.error(`\n  output of ${names}\n${indent(output.trimEnd())}`)
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
