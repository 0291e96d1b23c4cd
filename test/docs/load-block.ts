import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse, stringify } from 'yaml'
import { loadServiceConfig } from '../../packages/plinth/src/compose/load-service-config.ts'
import type { ServiceConfig } from '../../packages/plinth/src/compose/settings.ts'
import { read } from '../gates/source/files.ts'

type Tree = { [key: string]: unknown }
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lays a block over the template's config.yaml, as a person does who copies it there. */
function over(base: Tree, more: Tree): Tree {
  const merged: Tree = { ...base }
  for (const [key, value] of Object.entries(more)) {
    const former = merged[key]
    merged[key] = isTree(former) && isTree(value) ? over(former, value) : value
  }
  return merged
}

const secrets = {
  SESSION_SIGNING_SECRET: 'c2Vzc2lvbi1zZWNyZXQtb2YtdGhlLWd1aWRlLTAx',
  CSRF_SIGNING_SECRET: 'Y3NyZi1zZWNyZXQtb2YtdGhlLWd1aWRlLTAyLi4u',
  DATABASE_URL: 'postgres://app:a-password-of-the-guide@localhost/guide',
}

/**
 * What a service of the template is configured with once a block of settings from a guide stands in its
 * config.yaml, with every client id and secret that the block names.
 */
export async function loadBlock(code: string): Promise<ServiceConfig> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-guide-'))
  try {
    const config = over(parse(read('template/config.yaml')), parse(code))
    await writeFile(path.join(folder, 'config.yaml'), stringify(config))
    const named = [...code.matchAll(/\$\{(\w+_CLIENT_(?:ID|SECRET))/g)].map(([, name = '']) => name)
    const clients = Object.fromEntries(named.map((name) => [name, `of-the-guide-${name}`]))
    const { config: loaded } = await loadServiceConfig({
      cwd: folder,
      env: { ...secrets, ...clients },
    })
    return loaded
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
