export { freePort } from './free-port.ts'
export type {
  Java,
  KeycloakAdmin,
  KeycloakOptions,
  PreparedKeycloak,
  RunningKeycloak,
} from './keycloak/index.ts'
export {
  completeKeycloakLogin,
  findJava,
  hasDocker,
  hasMaven,
  keycloakAdmin,
  keycloakArchive,
  keycloakDevelopmentAdmin,
  keycloakRelease,
  preparedKeycloak,
  prepareKeycloak,
  setBackchannelLogoutUrl,
  startKeycloak,
  startKeycloakContainer,
} from './keycloak/index.ts'
export type { MailboxOptions, ReceivedMail, RunningMailbox } from './mailbox/index.ts'
export { startMailbox } from './mailbox/index.ts'
export type { Postgres, PostgresOptions } from './postgres/index.ts'
export { ensurePostgres, hasPostgres, quickPlace } from './postgres/index.ts'
export type {
  CookieJar,
  LoginCredentials,
  ProviderClient,
  ProviderOptions,
  ProviderUser,
  RunningProvider,
} from './provider/index.ts'
export {
  completeLogin,
  refuseProduction,
  seededUsers,
  startProvider,
  testClient,
} from './provider/index.ts'
