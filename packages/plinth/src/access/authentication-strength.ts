// What each proof shows that somebody has or knows. Two of one kind are one factor: a code by mail
// after a link by mail shows the mailbox twice, and a provider asked for a password most likely, as we
// do (security.md MF-23).
const CHANNELS: Readonly<Record<string, string>> = {
  pwd: 'password',
  otp: 'authenticator',
  sms: 'phone',
  mail: 'mailbox',
  recovery: 'recovery codes',
  fed: 'password',
}

/** What counts as two by itself: a passkey that checked its holder, a provider that vouches for two. */
const STRONG: ReadonlySet<string> = new Set(['hwk', 'mfa'])

/** The kind of thing that a proof shows; undefined for a word that is none of ours. */
export function channelOf(amr: string): string | undefined {
  return STRONG.has(amr) ? amr : CHANNELS[amr]
}

/**
 * Whether proofs make two factors: two of different kinds, or one that stands for two. A remembered
 * browser is none: it spares a sign-in the second factor, and proves nothing where one is asked for.
 * @param amr with what somebody proved who they are (RFC 8176)
 */
export function provesTwoFactors(amr: readonly string[]): boolean {
  if (amr.some((one) => STRONG.has(one))) return true
  return new Set(amr.flatMap((one) => channelOf(one) ?? [])).size > 1
}
