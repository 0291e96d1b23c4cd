export type {
  AuthClientOptions,
  AuthState,
  LoggedOut,
  LogoutOptions,
  SignInDemand,
  User,
} from './auth-client.ts'
export { AuthClient } from './auth-client.ts'
export { CookieJar } from './cookie-jar.ts'
export type { ProblemDetail } from './problem-error.ts'
export { ProblemError } from './problem-error.ts'
export type { SignedIn } from './signed-in.ts'
export type { KeptTokens, TokenClientOptions } from './token-client.ts'
export { TokenClient } from './token-client.ts'
export { UnreachableError } from './transport.ts'
