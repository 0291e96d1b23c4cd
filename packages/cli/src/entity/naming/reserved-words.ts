/** Words that TypeScript or this library keep for themselves: a constant of that name would not compile. */
const LANGUAGE = words(`abstract any arguments as assert async await boolean break case catch class
  const continue debugger declare default delete do else enum eval export extends false finally for
  from function get if implements import in instanceof interface is keyof let module namespace never
  new null number object of package private protected public readonly require return set static
  string super switch symbol this throw true try type typeof undefined unknown var void while with
  yield`)

/** Names that the written modules import or use. */
const USED =
  words(`after all ana before bob crud db entity entity_problems eve feature global id made
  money name new_id page path process query record ref reply route sample start startWorld test tx
  world z`)

/** What Windows does not take as the name of a file or folder. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/

/** What the platform serves below /api/v1, or may serve in a later version: an update must not collide. */
export const PLATFORM_PLURALS: ReadonlySet<string> = words(
  'api_keys audit_events people permissions roles scheduler settings',
)

/** Why a word in `snake_case` cannot be the name of an entity, or undefined when it can. */
export function reservedFor(word: string): string | undefined {
  if (LANGUAGE.has(word)) return 'is a word of TypeScript'
  if (USED.has(word)) return 'is a name that the code of every entity uses'
  if (DEVICES.test(word)) return 'is a device on Windows, where no folder can be called so'
  return undefined
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}
