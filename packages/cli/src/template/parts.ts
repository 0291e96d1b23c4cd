import type { Part } from './answers.ts'

/** What of the template one part is, beside the lines that are marked with its name. */
export interface PartContent {
  readonly files: RegExp
  /** The URLs in the census and the OpenAPI document that go with it. */
  readonly routes?: RegExp
  /** Shown when it is asked for. */
  readonly title: string
}

/** Each part by name. */
export const PART_CONTENTS: Readonly<Record<Part, PartContent>> = {
  product: {
    files: /^src\/entities\/product\/|^migrations\/0001_product\.|^src\/pages\/product-card\.ts$/,
    routes: /^\/api\/v1\/products(\/|$)/,
    title: 'The example entity, product',
  },
  home: { files: /^src\/pages\//, routes: /^\/$/, title: 'The page at /' },
  keycloak: {
    files: /^infra\/keycloak\//,
    title: 'The realm with which `plinth dev --provider keycloak` starts a real Keycloak',
  },
  github: { files: /^\.github\//, title: 'Workflows for GitHub: tests, and a weekly update' },
}
