/** The floor of each room of the runtime; a room imports only rooms on lower floors. */
export const FLOORS: Readonly<Record<string, number>> = {
  kernel: 0,
  telemetry: 1,
  access: 1,
  outbound: 1,
  config: 2,
  secrets: 2,
  data: 2,
  cache: 2,
  feature: 3,
  audit: 4,
  jobs: 4,
  http: 5,
  notify: 5,
  storage: 5,
  entities: 6,
  pages: 6,
  tenancy: 6,
  settings: 6,
  workflows: 6,
  identity: 7,
  web: 8,
  dev: 8,
  compose: 9,
  testing: 10,
}

/** Rooms that never run in production: only the testing kit may import them. */
export const DEVELOPMENT_ROOMS: readonly string[] = ['dev', 'testing']
