// Writes the committed files that follow from the code; with --check only compares, exit 1 when one is stale.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { documents } from './gen/documents.ts'

const ROOT = path.resolve(import.meta.dirname, '..')
const checkOnly = process.argv.includes('--check')

let stale = 0
for (const { file, text } of documents) {
  const target = path.join(ROOT, file)
  const wanted = await text()
  const present = await readFile(target, 'utf8').catch(() => '')
  if (present === wanted) continue
  stale += 1
  if (checkOnly) console.error(`${file} is not what the code says; run: npm run gen`)
  else {
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, wanted)
  }
}
if (!checkOnly) console.log(`${documents.length} generated files, ${stale} written`)
process.exitCode = checkOnly && stale > 0 ? 1 : 0
