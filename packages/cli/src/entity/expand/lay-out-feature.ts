import { partsIn, trimmed } from '../field/scan-code.ts'
import { LINE_WIDTH, objectText } from '../text/layout.ts'

const FEATURE =
  /^(export const \w+ = feature\('[a-z_0-9]+', )\{ entities: (\[[^[\]]*\]), routes: (\[.*\]) \}\)$/gm

/** A line of its own inside `routes`. */
const CRUD = /^ {4}(crud\(\w+, \{ .* \}\)),$/gm

/** A feature on one line that has become too long, as Biome would break it. */
export function layOutFeature(text: string): string {
  const grown = text.replace(CRUD, (line, item: string) =>
    line.length <= LINE_WIDTH ? line : `    ${routeText(item)},`,
  )
  return grown.replace(FEATURE, (line, head: string, entities: string, routes: string) => {
    if (line.length <= LINE_WIDTH) return line
    const items = partsIn(routes, { start: 0, end: routes.length })
      .map((part) => trimmed(routes, part))
      .map(({ start, end }) => routeText(routes.slice(start, end)))
    const list = items.map((item) => `    ${item},\n`).join('')
    return `${head}{\n  entities: ${entities},\n  routes: [\n${list}  ],\n})`
  })
}

/** `crud(product, { … })`, its options broken where they do not fit. */
function routeText(item: string): string {
  const [, head, inside] = /^(crud\(\w+, )\{ (.*) \}\)$/.exec(item) ?? []
  if (head === undefined || inside === undefined) return item
  const entries = inside.split(', ').map((entry) => entry.split(': ') as [string, string])
  if (entries.some((entry) => entry.length !== 2)) return item
  return `${head}${objectText(entries, { indent: 4, used: head.length + 6 })})`
}
