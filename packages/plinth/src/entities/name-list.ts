import { z } from 'zod'

const LONGEST = 1_000

/** Said of `fields=` and of `sort=price,`. */
export const EMPTY_NAME = 'A name is missing: say names with one comma between them.'

/**
 * The schema of names with commas between them: `fields=id,name`.
 * @param faultOf why a name is refused: one sentence, undefined when it is not
 */
export function nameList(
  faultOf: (name: string) => string | undefined,
): z.ZodType<readonly string[]> {
  return z
    .string()
    .max(LONGEST)
    .transform((text, context) => {
      const names = [...new Set(text.split(','))]
      for (const name of names) {
        const fault = name === '' ? EMPTY_NAME : refusal(name, faultOf(name))
        if (fault === undefined) continue
        context.addIssue({ code: 'custom', message: fault })
        return z.NEVER
      }
      return names
    })
}

/** A fault, after the name that has it. */
export function refusal(name: string, fault: string | undefined): string | undefined {
  return fault && `${name.slice(0, 80)}: ${fault}`
}
