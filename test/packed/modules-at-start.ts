import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const TELLER = fileURLToPath(new URL('./tell-modules.mjs', import.meta.url))
const SECRET = 'k3mZ8pQv1Xr6Ty9Bn4Wd7Gh2Jc5Lf0Sa'

/** What a service has loaded when it begins to listen. */
export interface Loaded {
  /** Modules of other packages, by package. */
  readonly packages: ReadonlyMap<string, number>
  /** Files of the runtime itself. */
  readonly own: number
  /** Node's own modules, those that nobody can import too. */
  readonly internal: readonly string[]
}

/**
 * Starts `src/main.ts` of a service until it listens. It needs no database for that.
 * @param env of the process, beside what a start cannot do without
 */
export async function modulesAtStart(service: string, env: NodeJS.ProcessEnv): Promise<Loaded> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', TELLER, 'src/main.ts'],
    {
      cwd: service,
      maxBuffer: 2 ** 24,
      env: {
        ...env,
        APP_PORT: '0',
        DATABASE_URL: 'postgresql://app:nobody-is-there@127.0.0.1:1/app_db',
        SESSION_SIGNING_SECRET: SECRET,
        CSRF_SIGNING_SECRET: `${SECRET}2`,
      },
    },
  )
  const told = stdout.split('\n').findLast((line) => line.startsWith('{"files"'))
  const { files, internal }: { files: string[]; internal: string[] } = JSON.parse(told ?? '')
  const packages = new Map<string, number>()
  for (const file of files) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]
    if (name !== undefined) packages.set(name, (packages.get(name) ?? 0) + 1)
  }
  const own = files.filter((file) =>
    /\/packages\/plinth\/src\/|\/node_modules\/plinth\//.test(file),
  )
  packages.delete('plinth')
  return { packages, own: own.length, internal }
}
