import { z } from 'zod'
import type { Operation } from './document.ts'

/** An answer as it came. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

/** Says what an answer breaks of what the document promises; undefined when it keeps to it. */
export function judgeOf(operation: Operation): (answer: Answer) => string | undefined {
  const checks = new Map<string, z.ZodType>()
  return ({ status, type, text }) => {
    if (status >= 500 && status !== 503) return `answered ${status}`
    const documented = operation.responses.get(String(status))
    const refused = status >= 400 ? operation.responses.get('default') : undefined
    const types = documented ?? refused
    if (types === undefined) return `answered ${status}, which is not documented`
    const [media = ''] = type.split(';')
    const schema = types.get(media.trim())
    if (schema === undefined)
      return types.size === 0 && text === ''
        ? undefined
        : `answered ${status} as ${type}, which is not documented`
    const key = `${status} ${media}`
    const check = checks.get(key) ?? z.fromJSONSchema(schema)
    checks.set(key, check)
    const { success, error } = check.safeParse(JSON.parse(text))
    return success
      ? undefined
      : `answered ${status} with a body of another shape: ${z.prettifyError(error)}`
  }
}
