import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { registryText } from './registry-text.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')

const many = [
  { file: 'src/entities/product/product.ts', name: 'productFeature' },
  { file: 'src/jobs/restock-everything-that-runs-low-every-night.ts', name: 'restockWhatRunsLow' },
  { file: 'src/jobs/restock-everything-that-runs-low-every-night.ts', name: 'countWhatIsThere' },
  { file: 'src/pages/home.ts', name: 'home' },
  { file: 'src/pages/about.ts', name: 'registry' },
  { file: 'src/pages/more/home.ts', name: 'home' },
  { file: 'src/pages/more/home.ts', name: 'default' },
]

test("the template's registry is what its modules say", () => {
  const text = registryText([
    { file: 'src/entities/product/product.ts', name: 'productFeature' },
    { file: 'src/pages/home.ts', name: 'home' },
  ])
  assert.equal(readFileSync(join(ROOT, 'template/src/generated/registry.ts'), 'utf8'), text)
})

test('exports of one name are told apart by their path', () => {
  const text = registryText(many)
  assert.match(text, /import \{ home as homeOfPagesHome \} from '\.\.\/pages\/home\.ts'/)
  assert.match(text, / {2}default as defaultOfPagesMoreHome,\n {2}home as homeOfPagesMoreHome,\n\}/)
  assert.match(text, /import \{ registry as registryOfPagesAbout \}/)
})

test('the text is as Biome would write it', () => {
  for (const found of [many, []]) {
    const input = registryText(found)
    const args = [BIOME, 'check', '--write', '--stdin-file-path=src/registry.ts']
    assert.equal(
      execFileSync(process.execPath, args, { cwd: ROOT, input, encoding: 'utf8' }),
      input,
    )
  }
})
