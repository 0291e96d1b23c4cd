// The committed files under src/generated/, for a service that does without a part: what `plinth sync` would write,
// found without running the service, for it is not installed yet.
import { dirname, posix } from 'node:path'

/** A feature's module is gone: neither its import nor its names stay in the registry. */
export function registryWithout(registry: string, files: readonly string[]): string {
  const gone = new Set<string>()
  const imports = registry.replace(IMPORT, (line, names: string, from: string) => {
    const file = posix.join(dirname('src/generated/registry.ts'), from)
    if (!files.includes(file)) return line
    for (const name of names.split(',')) gone.add(name.trim().replace(/^\S+ as /, ''))
    return ''
  })
  return imports
    .split('\n')
    .filter((line) => !gone.has(line.replace(/^ {2}(\w+),$/, '$1')))
    .join('\n')
}

const IMPORT = /^import \{([^}]+)\} from '(\.[^']+)'\n/gm

/** The census without the routes of a part. */
export function censusWithout(census: string, routes: readonly RegExp[]): string {
  const gone = (line: string) => routes.some((route) => route.test(line.split(/ +/)[1] ?? ''))
  return census
    .split('\n')
    .filter((line) => !gone(line))
    .join('\n')
}

interface Document {
  readonly info: Readonly<Record<string, unknown>>
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, unknown>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

/** The OpenAPI document without the routes of a part, and without the tags and schemas that only they used. */
export function openApiWithout(text: string, routes: readonly RegExp[]): string {
  const document: Document = JSON.parse(text)
  const paths = kept(document.paths, (path) => !routes.some((route) => route.test(path)))
  const said = JSON.stringify(paths)
  const tags = document.tags.filter(({ name }) => said.includes(`"tags":["${name}"]`))
  const schemas = reachable(document.components.schemas, said)
  const components = { ...document.components, schemas }
  return `${JSON.stringify({ ...document, tags, paths, components }, null, 2)}\n`
}

/** Schemas that the paths name, and those that these name in turn. */
function reachable(
  schemas: Readonly<Record<string, unknown>>,
  paths: string,
): Readonly<Record<string, unknown>> {
  const found = new Set<string>()
  const queue = [paths]
  for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue
      found.add(name)
      queue.push(JSON.stringify(schemas[name] ?? null))
    }
  }
  return kept(schemas, (name) => found.has(name))
}

function kept(
  from: Readonly<Record<string, unknown>>,
  stays: (key: string) => boolean,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => stays(key)))
}
