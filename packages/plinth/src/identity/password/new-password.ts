import { accountProblems } from '../account/account.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { isBreached } from './breach-list.ts'
import type { PasswordFault } from './password-policy.ts'
import { passwordFault } from './password-policy.ts'

/** A password that somebody wants to have. */
export interface NewPassword {
  readonly password: string
  /** Names and addresses of the person, and of where they belong. */
  readonly about: readonly (string | null)[]
  /** Where it stands in the request: `body/new_password`. */
  readonly path: string
}

/**
 * Refuses a password that is soon guessed, and nothing else; what it is made of does not matter.
 * @throws AppError 422 auth.weak_password, whose details say why
 */
export async function requireStrong(
  { accounts, app, outbound, log }: Pick<Identity, 'accounts' | 'app' | 'outbound' | 'log'>,
  { password, about, path }: NewPassword,
): Promise<void> {
  const { min_length: minLength, context_words: words, breach_url: url } = accounts.password
  const own = [app.name, new URL(app.base_url).hostname, ...words]
  const contextWords = [...own, ...about.filter((word) => word !== null)]
  const fault = passwordFault(password, { minLength, contextWords })
  const code =
    fault ?? ((await isBreached({ outbound, log, url }, password)) ? 'too_common' : undefined)
  if (code === undefined) return
  throw accountProblems.weakPassword({
    details: [{ path, code, message: ADVICE[code](minLength) }],
  })
}

const ADVICE: { readonly [F in PasswordFault]: (minLength: number) => string } = {
  too_short: (least) => `must have ${least} characters or more`,
  too_long: () => 'must not have more than 4,096 bytes',
  too_common: () =>
    'must not be one of the passwords that are tried first; a few words in a row are better',
  too_simple: () =>
    'must not repeat itself or follow the alphabet; a few words in a row are better',
  too_personal: () => 'must be more than a name; a few words in a row are better',
}
