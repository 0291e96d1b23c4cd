const MOST_SHOWN = 3

/**
 * The step for whoever owns the service where callers of its API would notice the update; none where
 * they would not. Only some changes are named: a release can touch a field of every route.
 * @param breaking the lines of `plinth sync`, such as `breaking  GET /api/v1/items, answer 200 title: …`
 * @param exec how the service's package manager runs a program
 */
export function breakingStep(breaking: readonly string[], exec: string): readonly string[] {
  if (breaking.length === 0) return []
  const changes = breaking.map((line) => line.replace(/^breaking +/, ''))
  const more = changes.length - MOST_SHOWN
  const rest = more > 0 ? `; and ${more} more, which ${exec} plinth openapi --check lists` : ''
  return [
    `Callers of your API would notice this: ${changes.slice(0, MOST_SHOWN).join('; ')}${rest}. When they may: ${exec} plinth sync --accept-breaking, and commit src/generated/openapi.json`,
  ]
}
