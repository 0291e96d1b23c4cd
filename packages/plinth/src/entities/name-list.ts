import { z } from 'zod'

const LONGEST = 1_000

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
        const fault = faultOf(name)
        if (fault === undefined) continue
        context.addIssue({ code: 'custom', message: `${name.slice(0, 80)}: ${fault}` })
        return z.NEVER
      }
      return names
    })
}
