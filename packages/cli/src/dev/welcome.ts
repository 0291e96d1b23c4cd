import { keycloakDevelopmentAdmin, seededUsers } from 'plinth/dev'
import type { ServicesState } from './dev-state.ts'
import { quiet, strong, table } from './terminal.ts'

/** What a person wants to know once everything runs: where to go, and as whom. */
export function welcome(facts: { url: string; services: ServicesState | undefined }): string {
  const { provider, mailbox, postgres } = facts.services ?? {}
  const rows: (readonly string[])[] = [
    ['Service', facts.url],
    ['API documents', `${facts.url}/docs`],
  ]
  if (provider !== undefined) rows.push(['Identity provider', provider.issuer])
  if (provider?.kind === 'keycloak') rows.push(['Keycloak console', consoleOf(provider.issuer)])
  if (mailbox !== undefined) rows.push(['Mailbox', mailbox.url])
  if (postgres !== undefined) rows.push(['PostgreSQL', `127.0.0.1:${postgres.port}`])
  const people = seededUsers.map((user) => `${user.username} / ${user.password}`).join('   ')
  if (provider !== undefined) rows.push(['Sign in as', people])
  return `\n${strong('Ready.')}\n${table(rows)}\n${quiet('  Ctrl-C stops everything. Saved files restart the server.')}\n`
}

function consoleOf(issuer: string): string {
  const { username, password } = keycloakDevelopmentAdmin
  return `${new URL(issuer).origin}/admin   ${username} / ${password}`
}
