import type { Person, World } from '../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { productFeature } from '../../template/src/entities/product/product.ts'
import { ROOT } from '../gates/source/files.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0'

/** A world with the tables of the template: it lends database, secrets and sessions to processes. */
export const templateWorld = (): Promise<World> =>
  startWorld({ features: [productFeature], migrations: `${ROOT}/template/migrations` })

/** What a page of the service sends along with an unsafe request of this person. */
export async function browserHeaders(
  world: World,
  person: Person,
): Promise<Record<string, string>> {
  const csrf = await person.refreshCsrf()
  return {
    'user-agent': BROWSER,
    origin: world.service.config.app.base_url,
    cookie: [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    'x-csrf-token': csrf,
    'content-type': 'application/json',
  }
}
