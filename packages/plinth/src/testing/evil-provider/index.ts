export type { CallbackFields, SignInWith } from './browser-side.ts'
export type { EvilProvider, EvilProviderOptions } from './evil-provider.ts'
export { startEvilProvider } from './evil-provider.ts'
export type { Mint, MintToken, TokenForm } from './mint.ts'
export { LOGOUT_EVENT, signToken } from './mint.ts'
export type { Heard, RawReply } from './raw-reply.ts'
export { rawReply } from './raw-reply.ts'
export type {
  Attack,
  RefusalOracle,
  Refused,
  Scene,
  SignInAttack,
} from './refusal-oracle.ts'
export { openRefusalOracle } from './refusal-oracle.ts'
export type { Endpoint, EvilSays, Json } from './says.ts'
export type { SigningAlgorithm, SigningKey } from './signing-key.ts'
export { newSigningKey, sharedSecretKey, unsigned } from './signing-key.ts'
