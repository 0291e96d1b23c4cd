import type { Measured } from './measure.ts'
import type { Figure } from './start-up.ts'

/** Everything that one run found. */
export interface Report {
  /** Requests per second against the floor. */
  readonly throughput: readonly Measured[]
  /** The same with a millisecond added to every database round trip. */
  readonly delayed: readonly Measured[]
  readonly figures: readonly Figure[]
}

/** Most milliseconds above the floor's median, when a round trip costs one. */
export const MOST_ABOVE_FLOOR_MS = 2

/** How far Plinth's median lies above the floor's, in milliseconds. */
export function aboveFloor({ reached: { plinth, floor } }: Measured): number {
  return (plinth?.p50 ?? 0) - (floor?.p50 ?? 0)
}

/** One sentence for each target that was missed. */
export function missedTargets({ throughput, delayed, figures }: Report): readonly string[] {
  return [
    ...throughput.flatMap(({ title, target = 0, reached }) => {
      const ratio = reached.plinth?.ratio ?? 0
      return ratio >= target ? [] : [`${title}: ${fixed(ratio)} of the floor, not ${fixed(target)}`]
    }),
    ...delayed
      .filter((one) => aboveFloor(one) > MOST_ABOVE_FLOOR_MS)
      .map((one) => `${one.title}: ${fixed(aboveFloor(one))} ms above the floor, not 2`),
    ...figures
      .filter(({ value, target }) => value > target)
      .map(({ title, value, unit, target }) => `${title}: ${fixed(value)} ${unit}, not ${target}`),
  ]
}

/** The report as a person reads it. */
export function printed(report: Report): string {
  return [
    ...table(
      [
        'requests per second; µs of processor each',
        'floor',
        'plinth',
        'ratio',
        'target',
        'node:http',
        'floor µs',
        'plinth µs',
        'ratio',
      ],
      report.throughput.map(({ title, target, reached: { floor, plinth, ceiling } }) => [
        title,
        whole(floor?.perSecond),
        whole(plinth?.perSecond),
        fixed(plinth?.ratio),
        target === undefined ? '' : `≥ ${fixed(target)}`,
        ceiling === undefined ? '' : fixed(ceiling.ratio),
        whole(floor?.cpuMicros),
        whole(plinth?.cpuMicros),
        fixed(plinth?.cpuRatio),
      ]),
    ),
    ...table(
      ['median ms, +1 ms a round trip', 'floor', 'plinth', 'above', 'target'],
      report.delayed.map((one) => [
        one.title,
        fixed(one.reached.floor?.p50),
        fixed(one.reached.plinth?.p50),
        fixed(aboveFloor(one)),
        `≤ ${fixed(MOST_ABOVE_FLOOR_MS)}`,
      ]),
    ),
    ...table(
      ['one figure each', 'value', 'target'],
      report.figures.map(({ title, value, unit, target }) => [
        title,
        `${fixed(value)} ${unit}`,
        `≤ ${target} ${unit}`,
      ]),
    ),
  ].join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const widths = head.map((_, at) =>
    Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [line(head), ...rows.map(line), '']
}

function fixed(value = 0): string {
  return value.toFixed(2)
}

function whole(value = 0): string {
  return Math.round(value).toString()
}
