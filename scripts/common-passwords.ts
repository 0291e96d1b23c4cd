// Writes the filter of common passwords that ships with the package, from the dictionary that is
// installed for this; with --check only compares. A test runs the check.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { dictionary } from '@zxcvbn-ts/language-common'
import { bloomBytes } from '../packages/plinth/src/identity/password/bloom-filter.ts'

const FILE = path.resolve(
  import.meta.dirname,
  '../packages/plinth/src/identity/password/common-passwords.bloom',
)
const BITS_EACH = 20

const words = dictionary['passwords-common'].map((word) => String(word).toLowerCase())
const wanted = Buffer.from(bloomBytes(words, Math.ceil((words.length * BITS_EACH) / 8)))
const present = await readFile(FILE).catch(() => Buffer.alloc(0))
if (!present.equals(wanted)) {
  if (process.argv.includes('--check')) {
    console.error(
      'The filter is not of the installed dictionary; run: node scripts/common-passwords.ts',
    )
    process.exitCode = 1
  } else await writeFile(FILE, wanted)
}
