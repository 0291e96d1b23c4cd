export { completeLogin } from '../dev/index.ts'
export type {
  AnswerFaults,
  Asked,
  AskedForNew,
  Authenticator,
  AuthenticatorOptions,
  CredentialAnswer,
  NewCredential,
} from './authenticator.ts'
export { createAuthenticator } from './authenticator.ts'
export type { CborValue } from './cbor.ts'
export type { TestDatabase, TestDatabaseOptions } from './database.ts'
export { openTestDatabase } from './database.ts'
export type {
  Attack,
  CallbackFields,
  Endpoint,
  EvilProvider,
  EvilProviderOptions,
  EvilSays,
  Heard,
  Json,
  Mint,
  MintToken,
  RawReply,
  RefusalOracle,
  Refused,
  Scene,
  SignInAttack,
  SignInWith,
  SigningAlgorithm,
  SigningKey,
  TokenForm,
} from './evil-provider/index.ts'
export {
  LOGOUT_EVENT,
  newSigningKey,
  openRefusalOracle,
  rawReply,
  sharedSecretKey,
  signToken,
  startEvilProvider,
  unsigned,
} from './evil-provider/index.ts'
export type { Answer, CallHeaders, Person } from './person.ts'
export type { SignInOptions } from './sign-in.ts'
export type { TestClock } from './test-clock.ts'
export { createTestClock } from './test-clock.ts'
export type { World, WorldOptions } from './world.ts'
export { startWorld } from './world.ts'
