import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { loadServiceSettings } from './service-settings.ts'
import { settingsTrouble } from './settings-trouble.ts'
import { CONFIG, smallService } from './small-service.fixture.ts'

const { folder, remove } = smallService(CONFIG)
after(remove)

async function troubleWith(env: Readonly<Record<string, string>>): Promise<string> {
  const loaded = await loadServiceSettings(folder, env)
  return loaded.ok ? 'none' : settingsTrouble(loaded)
}

test('a command that finds no database says so, and how to have one', async () => {
  assert.match(
    await troubleWith({}),
    /^No database runs here: start one with `plinth dev`, .* name yours in DATABASE_URL\.$/,
  )
})

test('where a database is named, or something else is wrong, each fault is said', async () => {
  const named = await troubleWith({ DATABASE_URL: 'postgresql://app@127.0.0.1:5432/app' })
  assert.match(named, /app\.session_signing_secret: .*\n.*app\.csrf_signing_secret/)
  assert.match(await troubleWith({ APP_PORT: 'many' }), /database\.url[\s\S]*app\.port/)
})
