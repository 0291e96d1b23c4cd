import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { median } from './measure.ts'
import { copyPackedService, programIn } from './service-copy.ts'
import type { Figure } from './start-up.ts'

const run = promisify(execFile)
const NOUNS = ['Warehouse', 'Supplier', 'Invoice', 'Shelf', 'Batch']

/**
 * Adds entities to a service on the published packages, one after the other: module, test, migration and
 * `plinth sync`.
 */
export async function measureEntityAdd(): Promise<readonly Figure[]> {
  const copy = await copyPackedService()
  const env = { ...process.env, NODE_OPTIONS: '' }
  try {
    const took: number[] = []
    for (const noun of NOUNS) {
      const began = performance.now()
      const fields = ['name:string', 'price:money', 'stock:int=0', 'category:text?']
      const args = [programIn(copy), 'entity', 'add', noun, ...fields]
      await run(process.execPath, args, { cwd: copy.folder, env })
      took.push((performance.now() - began) / 1_000)
    }
    const value = median(took)
    return [{ name: 'entity-add', title: '`plinth entity add`', value, unit: 's', target: 1.5 }]
  } finally {
    copy.remove()
  }
}
