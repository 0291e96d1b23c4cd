// Gets Keycloak ready for the tests that run against it, once for each user:
//   npm run keycloak
// Needs Java 17 or newer, and Maven where the distribution is not in its folder yet.
import { findJava, keycloakRelease, preparedKeycloak, prepareKeycloak } from 'plinth/dev'

process.exitCode = await main()

async function main(): Promise<number> {
  const java = await findJava()
  if (java === undefined) {
    console.error(
      `Keycloak needs Java ${keycloakRelease.leastJava} or newer, and none was found on PATH or in JAVA_HOME; install one (apt-get install default-jre-headless maven).`,
    )
    return 1
  }
  const started = performance.now()
  const isReady = preparedKeycloak() !== undefined
  await prepareKeycloak(java, (sentence) => console.log(`${sentence} …`))
  const took = isReady ? '' : ` in ${Math.round((performance.now() - started) / 1000)} s`
  console.log(`Keycloak ${keycloakRelease.version} is ready${took}, on Java ${java.major}.`)
  return 0
}
