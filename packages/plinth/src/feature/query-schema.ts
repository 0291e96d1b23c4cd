import { z } from 'zod'

interface QuerySpec {
  readonly query?: { readonly [name: string]: z.core.$ZodType }
  readonly otherQueryIgnored?: boolean
  readonly whyNoQuery?: (name: string) => string
}

const LONGEST_NAME = 80
const NOTHING = z.strictObject({})

/** The schema of a route's query: a field that is not declared is refused, unless others are ignored. */
export function querySchema({ query = {}, otherQueryIgnored, whyNoQuery }: QuerySpec): z.ZodType {
  if (otherQueryIgnored) return z.object(query)
  if (whyNoQuery === undefined)
    return Object.keys(query).length === 0 ? NOTHING : z.strictObject(query)
  return z.looseObject(query).check(({ value, issues }) => {
    for (const name of Object.keys(value)) {
      if (Object.hasOwn(query, name)) continue
      const path = [name.slice(0, LONGEST_NAME)]
      const message = whyNoQuery(name)
      issues.push({ code: 'custom', path, message, input: value })
    }
  })
}
