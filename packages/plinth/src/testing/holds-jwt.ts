const JWT = /\beyJ[\w-]*\.[\w-]*\./

/**
 * Whether a text holds a JSON Web Token, signed (RFC 7515, 7.1) or sealed (RFC 7516, 7.1). The dots
 * count: an `eyJ` alone also comes up in random tokens, once in some hundred runs.
 */
export function holdsJwt(text: string): boolean {
  return JWT.test(text)
}
