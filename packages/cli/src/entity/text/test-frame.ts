import type { Declaration } from 'plinth/data'
import { arrayText, fits, objectText } from './layout.ts'
import type { SampleRows } from './sample-rows.ts'

/** The imports of a test, the one of its own feature last. */
export function importsText(rows: SampleRows, own: string): string {
  const person = rows.hasTargets ? "import type { Person } from 'plinth/testing'\n" : ''
  const ids = rows.needsIds ? "import { newId } from 'plinth/kernel'\n" : ''
  return `import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
${ids}${person}import { startWorld } from 'plinth/testing'
${rows.imports.join('')}${own}`
}

/** The world that the tests of a module share. */
export function worldText(features: readonly string[]): string {
  const line = `  world = await startWorld({ features: [${features.join(', ')}] })`
  const list = arrayText(features, { indent: 4, used: 15 })
  const start = fits(line, 0) ? line : `  world = await startWorld({\n    features: ${list},\n  })`
  return `let world: Awaited<ReturnType<typeof startWorld>>
before(async () => {
${start}
})
after(() => world[Symbol.asyncDispose]())
`
}

/** Somebody with every permission on the entity, in a tenant. */
export function signedIn(who: string, tenant: string): string {
  return `  const ${who} = await world.signIn('${who}', { tenant: '${tenant}', can: ALL })\n`
}

/** Somebody of the tenant `acme` who has only these permissions. */
export function signedInAs(who: string, permissions: readonly string[]): string {
  const can = permissions.map((permission) => `'${permission}'`)
  const start = `  const ${who} = await world.signIn('${who}', `
  const entries = [
    ['tenant', "'acme'"],
    ['can', arrayText(can, { indent: 4, used: 10 })],
  ] as const
  return `${start}${objectText(entries, { indent: 2, used: start.length + 1 })})\n`
}

/** `a purchase order`, `an invoice`. */
export function spoken({ name }: Pick<Declaration, 'name'>): string {
  const words = name.replaceAll('_', ' ')
  return `${/^[aeio]|^u(?!ni|s[ei])/.test(words) ? 'an' : 'a'} ${words}`
}
