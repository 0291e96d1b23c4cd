import { edits, type Files, moveFolder, rewrite } from './edit.ts'

const PRODUCT = 'src/entities/product/product.ts'

/** What a person writes below `src`, `tests` and `migrations`: none of it is an update's business. */
export const ownCode = [
  ...edits('own code', {
    'a field of the entity, with its migration': (files) => {
      rewrite(files, PRODUCT, (text) =>
        text.replace('    stock:', "    colour: z.string().max(40).default('plain'),\n    stock:"),
      )
      files.set('migrations/0002_colour.up.sql', upAfterProduct(files))
      files.set('migrations/0002_colour.down.sql', 'alter table app.products drop column colour;\n')
    },
    'a rule in the entity': (files) =>
      rewrite(files, PRODUCT, (text) => text.replace('.max(200)', '.max(240)')),
    'a module of their own': (files) => {
      files.set('src/pricing/net-price.ts', NET_PRICE)
      files.set('src/pricing/net-price.test.ts', NET_PRICE_TEST)
    },
    'another main.ts': (files) =>
      rewrite(files, 'src/main.ts', (text) => `// Started by systemd.\n${text}`),
    'a test of the whole': (files) => files.set('tests/arithmetic.test.ts', ARITHMETIC),
  }),
  ...edits('own routes and pages', {
    'a page': (files) => register(files, 'about', 'src/pages/about.ts', ABOUT),
    'a route in a service': (files) => register(files, 'echoFeature', 'src/services/echo.ts', ECHO),
    'another text on the front page': (files) =>
      rewrite(files, 'src/pages/home.ts', (text) =>
        text.replace('Your service is running.', 'Welcome to the shelf.'),
      ),
  }),
  ...edits('files moved or removed', {
    'the pages in another folder': (files) => {
      moveFolder(files, 'src/pages', 'src/services/pages')
      rewrite(files, 'src/features.ts', (text) => text.replace('./pages/', './services/pages/'))
      for (const path of files.keys())
        if (path.startsWith('src/services/pages/'))
          rewrite(files, path, (text) => text.replaceAll("'../entities/", "'../../entities/"))
    },
    'no worker': (files) => files.delete('src/worker.ts'),
    'no example page': (files) => {
      for (const path of [...files.keys()]) if (path.startsWith('src/pages/')) files.delete(path)
      rewrite(files, 'src/features.ts', (text) =>
        text.replace(/import \{ home \}.*\n/, '').replace('[home, ', '['),
      )
    },
    'no .node-version': (files) => files.delete('.node-version'),
    'no AGENTS.md and no README.md': (files) => {
      files.delete('AGENTS.md')
      files.delete('README.md')
    },
    'the realm in another place': (files) => moveFolder(files, 'infra/keycloak', 'deploy/keycloak'),
  }),
]

/** A state of before the chain of migrations knew its order by the numbers alone. */
function upAfterProduct(files: Files): string {
  const chained = files.get('migrations/0001_product.up.sql')?.startsWith('-- after:') === true
  const first = chained ? '-- after: 0001_product\n' : ''
  return `${first}alter table app.products add column colour varchar(40) not null default 'plain';\n`
}

/** Services made before `src/generated/registry.ts` list their features by hand. */
function register(files: Files, name: string, path: string, text: string): void {
  files.set(path, text)
  rewrite(
    files,
    'src/features.ts',
    (list) =>
      `import { ${name} } from './${path.slice('src/'.length)}'\n${list.replace('= [', `= [${name}, `)}`,
  )
}

const NET_PRICE = `/** What is left of a price, in minor units, without its tax in percent. */
export function netPrice(price: number, percent: number): number {
  return Math.round((price * 100) / (100 + percent))
}
`

const NET_PRICE_TEST = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { netPrice } from './net-price.ts'

test('a price without its tax', () => assert.equal(netPrice(1190, 19), 1000))
`

const ARITHMETIC = `import assert from 'node:assert/strict'
import { test } from 'node:test'

test('numbers add up', () => assert.equal(1 + 1, 2))
`

const ABOUT = `import { feature, html, open, page } from 'plinth'

/** Who made this. */
export const about = feature('about', {
  routes: [
    page('/about', {
      access: open('anybody may know who made this'),
      title: 'About',
      render: () => html\`<h1>About</h1>\`,
    }),
  ],
})
`

const ECHO = `import { feature, route, signedIn } from 'plinth'
import { z } from 'zod'

/** Says who asks. */
export const echoFeature = feature('echo', {
  routes: [
    route('GET /echo', {
      access: signedIn(),
      returns: z.object({ name: z.string() }),
      handle: ({ principal }) => ({ name: principal.name }),
    }),
  ],
})
`
