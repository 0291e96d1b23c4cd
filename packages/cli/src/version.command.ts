import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { defineCommand } from 'citty'

/** `plinth version`: what runs here, for a bug report. */
export const versionCommand = defineCommand({
  meta: { description: 'Print the versions of Plinth and Node' },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const versions = {
      cli: await versionIn(new URL('../package.json', import.meta.url)),
      plinth: await versionIn(createRequire(import.meta.url).resolve('plinth/package.json')),
      node: process.versions.node,
    }
    const lines = Object.entries(versions).map(([name, version]) => `${name.padEnd(7)}${version}`)
    process.stdout.write(`${args.json ? JSON.stringify(versions) : lines.join('\n')}\n`)
  },
})

async function versionIn(file: string | URL): Promise<string> {
  const found: unknown = JSON.parse(await readFile(file, 'utf8'))
  const version = typeof found === 'object' && found !== null && Reflect.get(found, 'version')
  return typeof version === 'string' ? version : 'unknown'
}
