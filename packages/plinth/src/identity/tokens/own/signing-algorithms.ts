/** With what our own tokens are signed. HS256 is for whoever needs it: nobody else can verify it. */
export const SIGNING_ALGORITHMS = ['EdDSA', 'ES256', 'HS256'] as const

/** One of {@link SIGNING_ALGORITHMS}. */
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]
