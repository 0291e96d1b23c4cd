/** Where the database says what a person should know. The service's logger fits. */
export interface DbLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}
