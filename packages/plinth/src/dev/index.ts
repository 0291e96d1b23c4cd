export type { MailboxOptions, ReceivedMail, RunningMailbox } from './mailbox/index.ts'
export { startMailbox } from './mailbox/index.ts'
export type { Postgres, PostgresOptions } from './postgres/index.ts'
export { ensurePostgres } from './postgres/index.ts'
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
