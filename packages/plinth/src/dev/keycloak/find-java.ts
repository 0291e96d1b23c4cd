import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keycloakRelease } from './keycloak-release.ts'

const run = promisify(execFile)

/** A Java that can run Keycloak. */
export interface Java {
  readonly program: string
  readonly major: number
}

type Environment = Readonly<Record<string, string | undefined>>

/** The Java of `JAVA_HOME`, or else of `PATH`, that is new enough; undefined when neither is. */
export async function findJava(env: Environment = process.env): Promise<Java | undefined> {
  const home = env['JAVA_HOME']
  for (const program of [...(home ? [join(home, 'bin', 'java')] : []), 'java']) {
    const major = await majorOf(program, env)
    if (major !== undefined && major >= keycloakRelease.leastJava) return { program, major }
  }
  return undefined
}

async function majorOf(program: string, env: Environment): Promise<number | undefined> {
  try {
    const { stderr, stdout } = await run(program, ['-version'], { env, timeout: 20_000 })
    return javaMajor(`${stderr}${stdout}`)
  } catch {
    return undefined
  }
}

/** Major version in what `java -version` says: 8 for `"1.8.0_412"`, 17 for `"17.0.15"`. */
export function javaMajor(said: string): number | undefined {
  const [, first, second] = /version "(\d{1,4})(?:\.(\d{1,4}))?/.exec(said) ?? []
  if (first === undefined) return undefined
  return first === '1' ? Number(second) : Number(first)
}
