import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codemods } from './index.ts'
import { renameConfigKey } from './rename-config-key.ts'
import { renameVariable } from './rename-variable.ts'

const CONFIG = `# Mine
config:
  app:
    # keep me
    old_key: 5 # five
    other: 1
`

test('a renamed key changes its own characters only', () => {
  const mod = renameConfigKey({ version: '1.0.0', from: 'app.old_key', to: 'app.new_key' })
  assert.equal(mod.rewrite('config.yaml', CONFIG), CONFIG.replace('old_key', 'new_key'))
  assert.equal(mod.rewrite('src/config.yaml', CONFIG), CONFIG)
  for (const without of ['config:\n  app: {}\n', 'a: [', `${CONFIG}    new_key: 6\n`])
    assert.equal(mod.rewrite('config.yaml', without), without)
})

test('a key that went to another block takes its value along', () => {
  const mod = renameConfigKey({ version: '1.0.0', from: 'app.old_key', to: 'jobs.limit' })
  const text = mod.rewrite('config.yaml', CONFIG)
  assert.match(text, /jobs:\n {4}limit: 5 # five/)
  assert.doesNotMatch(text, /old_key/)
})

test('in files of the owner’s a codemod only says what to change, and where', () => {
  const key = renameConfigKey({ version: '1.0.0', from: 'app.old_key', to: 'app.new_key' })
  assert.deepEqual(key.suggest('src/a.ts', "x\nvalues: { 'app.old_key': 1 }\n'app.old_keys'"), [
    { line: 2, says: 'app.old_key is called app.new_key since Plinth 1.0.0' },
  ])
  const variable = renameVariable({ version: '1.0.0', from: 'OLD', to: 'NEW' })
  assert.equal(variable.rewrite('src/a.ts', 'OLD'), 'OLD')
  assert.equal(variable.rewrite('.env.example', '# OLD=1\n# OLDER=2\n'), '# NEW=1\n# OLDER=2\n')
  assert.equal(variable.suggest('src/a.ts', 'env.OLD\nBOLD').length, 1)
})

test('names that the platform only still understands are rewritten to those of today', () => {
  const all = codemods()
  const rewrite = (path: string, text: string) =>
    all.reduce((so, mod) => mod.rewrite(path, so), text)
  assert.equal(
    rewrite('config.yaml', 'config:\n  app:\n    session_jwt_secret: ${SESSION_JWT_SECRET}\n'),
    'config:\n  app:\n    session_signing_secret: ${SESSION_SIGNING_SECRET}\n',
  )
  assert.equal(rewrite('.env.example', 'SESSION_JWT_SECRET=\n'), 'SESSION_SIGNING_SECRET=\n')
})

test('a list of features that is kept by hand is named, in main.ts and worker.ts only', () => {
  const said = (path: string, text: string) => codemods().flatMap((mod) => mod.suggest(path, text))
  const old = "import { start } from 'plinth'\nimport { features } from './features.ts'\n"
  assert.deepEqual(
    said('src/main.ts', old).map(({ line }) => line),
    [2],
  )
  assert.deepEqual(said('src/other.ts', old), [])
  assert.deepEqual(said('src/worker.ts', old.replace('features.ts', 'generated/registry.ts')), [])
})
