import { execFile } from 'node:child_process'
import { PROGRAM } from './dev/small-service.fixture.ts'

/** What one run of the command line came to; `code` is 0 when it was ended by a signal. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The environment of a service whose database is `appUrl`; with `ownerUrl` also of who owns it. */
export function environmentOn(appUrl: string, ownerUrl?: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NO_COLOR: '1',
    SESSION_SIGNING_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
    CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
    DATABASE_URL: appUrl,
    ...(ownerUrl === undefined ? {} : { DATABASE_OWNER_URL: ownerUrl }),
  }
}

/** Runs `plinth` in a folder. */
export function runPlinth(
  args: readonly string[],
  place: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], place, (error, out, err) => {
      const code = typeof error?.code === 'number' ? error.code : 0
      resolve({ code, out: out.trim(), err: err.trim() })
    })
  })
}
