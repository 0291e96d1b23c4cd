import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The system user that the server runs as. Undefined: whoever runs Node. */
export interface ServerAccount {
  readonly uid: number
  readonly gid: number
}

/**
 * PostgreSQL refuses to run as root: root runs it as the system user `postgres`, made if missing.
 * @throws Error when root has no such user and cannot make one
 */
export async function serverAccount(
  log: (sentence: string) => void,
): Promise<ServerAccount | undefined> {
  if (userInfo().uid !== 0) return undefined
  const known = await lookUp()
  if (known !== undefined) return known
  await createAccount()
  const created = await lookUp()
  if (created === undefined) throw new Error(NO_ACCOUNT)
  log('Made the system user "postgres": PostgreSQL does not run as root.')
  return created
}

const NO_ACCOUNT =
  'PostgreSQL does not run as root, and the system user "postgres" could not be made. ' +
  'Run this command as an ordinary user, or add that user.'

async function lookUp(): Promise<ServerAccount | undefined> {
  try {
    const [user, group] = await Promise.all([
      run('id', ['-u', 'postgres']),
      run('id', ['-g', 'postgres']),
    ])
    return { uid: Number(user.stdout), gid: Number(group.stdout) }
  } catch {
    return undefined
  }
}

/** `useradd` on most systems, `adduser` on BusyBox. */
async function createAccount(): Promise<void> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'])
  } catch {
    await run('adduser', ['-S', '-D', '-H', 'postgres']).catch(() => undefined)
  }
}
