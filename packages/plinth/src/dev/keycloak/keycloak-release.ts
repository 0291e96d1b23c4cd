/** The Keycloak that development and tests run: one version, known by its hash. */
export const keycloakRelease = {
  version: '26.7.3',
  /** Maven coordinates of the distribution. */
  artifact: 'org.keycloak:keycloak-quarkus-dist',
  /** SHA-256 of the tar.gz as Maven Central publishes it beside the file. */
  sha256: '77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47',
  /** The official image of the same version. */
  image: 'keycloak/keycloak:26.7.3',
  leastJava: 17,
} as const

/** The administrator of a development Keycloak (contract 23). Public: it listens on loopback only. */
export const keycloakDevelopmentAdmin = { username: 'admin', password: 'admin' } as const

/** The realm that the template brings; its file is `infra/keycloak/test-realm-realm.json`. */
export const KEYCLOAK_REALM = 'test-realm'
