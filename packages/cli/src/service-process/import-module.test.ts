import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { importModule } from './import-module.ts'
import { serviceFeatures } from './service-features.ts'

const made: string[] = []
after(() => {
  for (const folder of made) rmSync(folder, { recursive: true })
})

function serviceOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-import-'))
  made.push(folder)
  for (const [name, text] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const faults: readonly (readonly [title: string, text: string, sentence: string])[] = [
  [
    'a fault of syntax',
    '\nexport const a = (\n',
    'src/a.ts:2 cannot be imported: Expression expected. Mend that line.',
  ],
  [
    'an export that is not there',
    "import { b } from './b.ts'\nb()\n",
    "src/a.ts:1 cannot be imported: The requested module './b.ts' does not provide an export named 'b'. Mend that line.",
  ],
  [
    'a package that is not installed',
    "import 'nowhere'\n",
    "src/a.ts cannot be imported: Cannot find package 'nowhere'. Install the packages: `npm install`.",
  ],
  [
    'a file that is not there',
    "import './c.ts'\n",
    "src/a.ts cannot be imported: Cannot find module 'src/c.ts'. Correct the import, or bring that file back.",
  ],
]

for (const [title, text, sentence] of faults) {
  test(`${title} is told by the line that is to blame, with the next step, whatever imports it`, async () => {
    const service = serviceOf({
      'src/a.ts': text,
      'src/b.ts': 'export {}\n',
      'src/main.ts': "import './a.ts'\n",
      'src/generated/registry.ts': "import '../a.ts'\nexport const registry = []\n",
    })
    const told = { name: 'CliError', message: sentence }
    await assert.rejects(importModule(service, 'src/a.ts'), told)
    await assert.rejects(serviceFeatures(service), told)
  })
}

test('what is thrown is told by the line that throws, wherever it stands; what has no line, by the module', async () => {
  const service = serviceOf({
    'src/a.ts': "import { check } from './b.ts'\n\ncheck(null)\n",
    'src/b.ts': 'export function check(value: any) {\n  return value.x\n}\n',
    'src/c.ts': "throw 'no'\n",
  })
  await assert.rejects(
    importModule(service, 'src/a.ts'),
    /^CliError: src\/b\.ts:2 cannot be imported: Cannot read .*'x'\)\. Modules of a service must/,
  )
  await assert.rejects(
    importModule(service, 'src/c.ts'),
    /^CliError: src\/c\.ts cannot be imported: no\. Modules/,
  )
})
