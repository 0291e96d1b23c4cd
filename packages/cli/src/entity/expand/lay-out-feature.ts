import { entriesIn, partsIn, trimmed } from '../field/scan-code.ts'
import { LINE_WIDTH, objectText } from '../text/layout.ts'

const FEATURE =
  /^(export const \w+ = feature\('[a-z_0-9]+', )\{ entities: (\[[^[\]]*\]), routes: (\[.*\]) \}\)$/gm

/** A line of its own inside `routes`. */
const CRUD = /^ {4}(crud\(\w+, \{ .* \}\)),$/gm

/** The whole list on a line inside a feature of several lines. */
const ROUTES = /^ {2}routes: (\[.*\]),$/gm

/** A feature with a line that has become too long, as Biome would break it. */
export function layOutFeature(text: string): string {
  return text
    .replace(CRUD, (line, item: string) =>
      line.length <= LINE_WIDTH ? line : `    ${routeText(item)},`,
    )
    .replace(ROUTES, (line, routes: string) =>
      line.length <= LINE_WIDTH ? line : routesText(routes),
    )
    .replace(FEATURE, (line, head: string, entities: string, routes: string) =>
      line.length <= LINE_WIDTH
        ? line
        : `${head}{\n  entities: ${entities},\n${routesText(routes)}\n})`,
    )
}

/** `routes: […],` with one route a line. */
function routesText(routes: string): string {
  const items = partsIn(routes, { start: 0, end: routes.length })
    .map((part) => trimmed(routes, part))
    .map(({ start, end }) => `    ${routeText(routes.slice(start, end))},\n`)
  return `  routes: [\n${items.join('')}  ],`
}

/** `crud(product, { … })`, its options broken where they do not fit. */
function routeText(item: string): string {
  const [, head, options] = /^(crud\(\w+, )(\{.*\})\)$/.exec(item) ?? []
  if (head === undefined || options === undefined) return item
  const entries = entriesIn(options, { start: 0, end: options.length })
  if (entries === undefined) return item
  const texts = entries.map(
    ({ key, value }) => [key, options.slice(value.start, value.end)] as const,
  )
  return `${head}${objectText(texts, { indent: 4, used: head.length + 6 })})`
}
