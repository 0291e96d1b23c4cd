import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'

/** A line of a service's source. */
export interface SourcePlace {
  /** From the root of the service, with forward slashes. */
  readonly file: string
  readonly line: number
}

/** Where each route and mount of a service is declared. */
export interface DeclaredPlaces {
  /** The place at which this very rule was made; undefined for the platform's own. */
  of(declared: object | undefined): SourcePlace | undefined
}

/** Deep enough for a route that helpers of helpers make. */
const FRAMES = 100

/**
 * Notes, from now on, where the service declares its routes. Call it before its modules load; Node
 * strips types in place, so a line of the stack is a line of the source.
 */
export function watchDeclared(service: string): DeclaredPlaces {
  const places = new WeakMap<object, SourcePlace>()
  Reflect.set(globalThis, Symbol.for('plinth.declared'), (declared: object) => {
    const place = firstPlaceIn(service)
    if (place !== undefined) places.set(declared, place)
  })
  return { of: (declared) => (declared === undefined ? undefined : places.get(declared)) }
}

/** The innermost frame that is the service's own code. */
function firstPlaceIn(service: string): SourcePlace | undefined {
  for (const { scriptName, lineNumber } of getCallSites(FRAMES)) {
    if (!scriptName.startsWith('file:') && !scriptName.startsWith(sep)) continue
    const path = scriptName.startsWith('file:') ? fileURLToPath(scriptName) : scriptName
    const file = relative(service, path)
    if (file.startsWith('..') || file.includes(`node_modules${sep}`)) continue
    return { file: file.split(sep).join('/'), line: lineNumber }
  }
  return undefined
}

/** `src/entities/product/product.ts:12`. */
export function placeText({ file, line }: SourcePlace): string {
  return `${file}:${line}`
}
