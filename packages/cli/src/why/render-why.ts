import { placeText } from '../service-process/declared-places.ts'
import type { Cost, RouteReasons } from './why-report.ts'

/** One route and what decides about it, for a person. */
export function reasonsText({ route, place, cost, ...reasons }: RouteReasons): string {
  const declared = place === undefined ? 'by Plinth itself' : placeText(place)
  const problems = reasons.problems.map(({ status, code, says }) => `${status} ${code}: ${says}`)
  return [
    route,
    ...section('declared', [declared]),
    ...section('who', reasons.callers),
    ...section('tenant', reasons.tenant),
    ...section('limits', reasons.limits),
    ...section('refuses', problems),
    ...section('costs', cost === undefined ? [] : costLines(cost)),
  ].join('\n')
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, at) => `  ${(at === 0 ? title : '').padEnd(10)}${line}`)
}

function costLines({ status, roundTrips, statements }: Cost): readonly string[] {
  const trips = roundTrips === 1 ? '1 round trip' : `${roundTrips} round trips`
  const count = statements.length === 1 ? '1 statement' : `${statements.length} statements`
  return [
    `${trips}, ${count}; a sample request was answered ${status}`,
    ...statements.flatMap(({ text, plan, scans }) => [
      text,
      ...plan.map((line) => `    ${line}`),
      ...(scans
        ? ['    → no index serves this below row-level security: it reads the whole table']
        : []),
    ]),
  ]
}
