import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { median } from './measure.ts'
import { CLI, copyService } from './service-copy.ts'
import type { Figure } from './start-up.ts'

const run = promisify(execFile)
const NOUNS = ['Warehouse', 'Supplier', 'Invoice', 'Shelf', 'Batch']

/** Adds entities to the template, one after the other: module, test, migration and `plinth sync`. */
export async function measureEntityAdd(): Promise<readonly Figure[]> {
  const copy = copyService()
  try {
    const took: number[] = []
    for (const noun of NOUNS) {
      const began = performance.now()
      const fields = ['name:string', 'price:money', 'stock:int=0', 'category:text?']
      await run(process.execPath, [CLI, 'entity', 'add', noun, ...fields], { cwd: copy.folder })
      took.push((performance.now() - began) / 1_000)
    }
    const value = median(took)
    return [{ name: 'entity-add', title: '`plinth entity add`', value, unit: 's', target: 1.5 }]
  } finally {
    copy.remove()
  }
}
