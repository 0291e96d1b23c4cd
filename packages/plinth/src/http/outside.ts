import type { FastifyInstance } from 'fastify'
import type { CensusEntry } from './census.ts'

const LINE = /^((?:│ {3}| {4})*)(?:├── |└── )(.*?)(?: \(([A-Z, ]+)\))?$/

/** The routes that were on a server before the guard: not guarded, and printed as such. */
export function routesOutside(app: FastifyInstance): readonly CensusEntry[] {
  const path: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((text) => {
      const [, indent = '', piece, methods] = LINE.exec(text) ?? []
      if (piece === undefined) return []
      const depth = indent.length / 4
      path.splice(depth, path.length, piece)
      return entries(path.join(''), methods)
    })
}

function entries(url: string, methods: string | undefined): CensusEntry[] {
  const names = (methods ?? '').split(', ').filter((method) => method !== '' && method !== 'HEAD')
  return names.map((method) => ({ method, url, facts: undefined }))
}
