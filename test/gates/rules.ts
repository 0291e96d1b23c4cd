import { lineAt } from './source/files.ts'
import { mask } from './source/mask.ts'

/** A pattern that source text must not contain, and why. */
export interface Rule {
  readonly name: string
  readonly pattern: RegExp
  /** What to do instead. */
  readonly instead: string
  /** Files that may break it, each because it is the one place for it. */
  readonly except?: (file: string) => boolean
  /** Look at strings and comments too, not at code alone. */
  readonly inText?: boolean
}

/** Where a file breaks a rule: `path:line name: what to do instead`. */
export function faultsOf(rules: readonly Rule[], file: string, text: string): string[] {
  const code = mask(text)
  return rules
    .filter((rule) => !rule.except?.(file))
    .flatMap((rule) =>
      [...(rule.inText ? text : code).matchAll(new RegExp(rule.pattern, 'gm'))].map(
        (hit) => `${file}:${lineAt(text, hit.index)} ${rule.name}: ${rule.instead}`,
      ),
    )
}
