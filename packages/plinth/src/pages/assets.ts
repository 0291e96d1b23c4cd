import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RouteOptions } from 'fastify'
import { open } from '../access/index.ts'
import { foreignFacts, withFacts } from '../feature/index.ts'

/** A file that pages refer to, under a URL that changes with its content. */
export interface Asset {
  /** `/assets/plinth.<hash>.css` */
  readonly url: string
  readonly contentType: string
  readonly content: string
}

/** The files of every page. */
export interface Assets {
  readonly stylesheet: Asset
  readonly script: Asset
  /** Loaded by the script, on pages where a passkey can be used. */
  readonly passkeys: Asset
  readonly icon: Asset
}

const FOLDER = '/assets/'

/** Reads the files once, at start. They lie beside this module in the sources and in the package. */
export function readAssets(): Assets {
  return {
    stylesheet: readAsset('plinth.css', 'text/css; charset=utf-8'),
    script: readAsset('plinth.js', 'text/javascript; charset=utf-8'),
    passkeys: readAsset('passkeys.js', 'text/javascript; charset=utf-8'),
    icon: readAsset('plinth.svg', 'image/svg+xml; charset=utf-8'),
  }
}

function readAsset(file: string, contentType: string): Asset {
  const content = readFileSync(new URL(`./assets/${file}`, import.meta.url), 'utf8')
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
  return { url: FOLDER + file.replace('.', `.${hash}.`), contentType, content }
}

/**
 * Serves the files. A browser never asks twice, because a changed file has another URL; one route
 * for all keeps the hashes out of the committed route census.
 */
export function assetRoute(assets: Assets): RouteOptions {
  const byUrl = new Map(Object.values(assets).map((asset: Asset) => [asset.url, asset]))
  return withFacts(
    {
      method: 'GET',
      url: `${FOLDER}:file`,
      handler: ({ url }, reply) => {
        const asset = byUrl.get(url.split('?')[0] ?? '')
        if (asset === undefined) return reply.callNotFound()
        return reply
          .header('cache-control', 'public, max-age=31536000, immutable')
          .header('vary', 'Origin')
          .type(asset.contentType)
          .send(asset.content)
      },
    },
    {
      ...foreignFacts(open('stylesheet, script and icon of the pages')),
      tenant: 'none',
      anonymous: true,
    },
  )
}
