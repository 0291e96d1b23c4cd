/** What a sign-in with a password came to: it is done, or a second factor must follow. */
export type SignedIn =
  | { readonly code: 'signed_in' }
  | {
      readonly code: 'mfa_required'
      readonly mfaToken: string
      /** Kinds of factors that would do. */
      readonly methods: readonly string[]
      /** Whether the person has none yet, and must set one up first. */
      readonly mustEnrol: boolean
    }

/** What the service says of a second factor that must follow. */
export interface FactorAnswer {
  readonly mfa_token?: string | null
  readonly mfa_methods?: readonly string[]
  readonly mfa_enrolment_required?: boolean
}

/** That a second factor must follow, from the answer that asks for it. */
export function factorNeeded(answer: FactorAnswer): SignedIn {
  return {
    code: 'mfa_required',
    mfaToken: answer.mfa_token ?? '',
    methods: answer.mfa_methods ?? [],
    mustEnrol: answer.mfa_enrolment_required === true,
  }
}
