import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { entity } from '../../data/index.ts'
import { crud } from '../../entities/index.ts'
import { feature } from '../../feature/index.ts'
import { KEYS, roomyKeys } from '../../testing/api-keys.ts'
import type { World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { KEY_PATTERN, TEST_KEY_PATTERN } from './key-format.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const GUIDE = await readFile(at('../../../../../docs/guides/api-keys.md'), 'utf8')
const PROGRAM = at('../../../../cli/bin/plinth.js')
const product = entity('product', { name: z.string().max(60) })

let world: World
let folder: string
before(async () => {
  const shop = feature('shop', { entities: [product], routes: [crud(product)] })
  world = await startWorld({ features: [shop], settings: roomyKeys })
  await world.signIn('ana')
  folder = await mkdtemp(join(tmpdir(), 'plinth-guide-keys-'))
  await writeFile(join(folder, 'package.json'), '{"name":"shelf","type":"module"}')
  await writeFile(join(folder, 'config.yaml'), 'config: {}\n')
  await writeFile(
    join(folder, 'npx'),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`,
  )
  await chmod(join(folder, 'npx'), 0o755)
})
after(async () => {
  await rm(folder, { recursive: true, force: true })
  await world[Symbol.asyncDispose]()
})

const blocks = (kind: string) =>
  [...GUIDE.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (hit) => hit[1] ?? '',
  )

test('every command of the guide does what it says', async () => {
  const { app } = world.service.config
  const env = {
    ...process.env,
    NO_COLOR: '1',
    PATH: `${folder}${delimiter}${process.env['PATH']}`,
    DATABASE_URL: world.testDatabase.appUrl,
    SESSION_SIGNING_SECRET: app.session_signing_secret.reveal(),
    CSRF_SIGNING_SECRET: app.csrf_signing_secret.reveal(),
  }
  const scripts = blocks('sh')
  assert.equal(scripts.length, 2)
  for (const guide of scripts) {
    const script = guide.replaceAll('http://localhost:8000', world.url)
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env,
    })
    assert.match(stdout, /"items":\[\]/)
  }
})

test('every request of the guide is answered', async () => {
  const ana = await world.signIn('ana')
  let id = ''
  const requests = blocks('http')
  assert.equal(requests.length, 4)
  for (const text of requests) {
    const [, method, path = '', json] = /^(\w+) (\S+)\n([\s\S]*)$/.exec(text) ?? []
    const body = json === undefined || json.trim() === '' ? {} : JSON.parse(json)
    const to = path.replace('{id}', id)
    const answer = await {
      POST: () => ana.post<{ api_key?: { id: string } }>(to, body),
      PATCH: () => ana.patch<{ api_key?: { id: string } }>(to, body),
      DELETE: () => ana.delete<{ api_key?: { id: string } }>(to),
    }[method as 'POST' | 'PATCH' | 'DELETE']()
    assert.ok(answer.status < 300, `${text} → ${answer.status}`)
    if (path === KEYS) id = answer.body.api_key?.id ?? ''
  }
  assert.equal((await ana.get(`${KEYS}/${id}`)).body['status'], 'revoked')
})

test('the patterns of the guide are those of the code', () => {
  const [text = ''] = blocks('text')
  assert.deepEqual(text.trim().split('\n'), [KEY_PATTERN.source, TEST_KEY_PATTERN.source])
})
