import path from 'node:path'

/** Prints lines by folder and what was not run; returns the share in percent of what the files hold together. */
export function printCoverage(files, room) {
  console.log(`\n   lines   run      %  ${room}`)
  for (const [folder, inside] of [...byFolder(files)].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`${figures(inside)}  ${folder}`)
  const all = sumOf(files)
  console.log(`${figures(files)}  together`)
  for (const { file, missed } of files.filter(({ missed }) => missed.length > 0))
    console.log(`  not run: ${file}:${rangesOf(missed).join(',')}`)
  return all.percent
}

function byFolder(files) {
  return Map.groupBy(files, ({ file }) => path.dirname(file))
}

function figures(files) {
  const { lines, ran, percent } = sumOf(files)
  return `${String(lines).padStart(8)}${String(ran).padStart(6)}${percent.toFixed(1).padStart(7)}`
}

function sumOf(files) {
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  const ran = files.reduce((sum, file) => sum + file.lines - file.missed.length, 0)
  return { lines, ran, percent: lines === 0 ? 100 : (100 * ran) / lines }
}

/** `3, 4, 5, 9` as `3-5, 9`. */
function rangesOf(numbers) {
  const ranges = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last?.[1] === number - 1) last[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`))
}
