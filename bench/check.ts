import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { copyPackedService, programIn } from './service-copy.ts'
import type { Figure } from './start-up.ts'

const run = promisify(execFile)

/**
 * Checks a service on the published packages twice; the second time is what a person waits for after every
 * change.
 */
export async function measureCheck(): Promise<readonly Figure[]> {
  const copy = await copyPackedService()
  const env = { ...process.env, NODE_OPTIONS: '' }
  const check = () => run(process.execPath, [programIn(copy), 'check'], { cwd: copy.folder, env })
  try {
    await check()
    const began = performance.now()
    await check()
    const value = (performance.now() - began) / 1_000
    return [{ name: 'check', title: '`plinth check`, second time', value, unit: 's', target: 10 }]
  } finally {
    copy.remove()
  }
}
