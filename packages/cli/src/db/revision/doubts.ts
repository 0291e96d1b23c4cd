import type { Changes } from './compare.ts'

/** Something that went and something that came, which may be one thing under a new name. */
export interface Doubt {
  /** The entity whose column it is; undefined for an entity itself. */
  readonly entity: string | undefined
  readonly gone: string
  readonly come: readonly string[]
}

/** Where a drop and an add meet: nothing is concluded from how alike two names or types are. */
export function doubtsOf({ columns, gone, fresh }: Changes): Doubt[] {
  const inside = columns.flatMap(({ entity, gone: lost, come }) =>
    come.length === 0 ? [] : lost.map((name): Doubt => ({ entity, gone: name, come })),
  )
  const come = fresh.map(({ declaration }) => declaration.name)
  const whole =
    come.length === 0 ? [] : gone.map(({ name }) => ({ entity: undefined, gone: name, come }))
  return [...inside, ...whole]
}

/** What a person reads: what went and came, and a command for each thing that it may mean. */
export function doubtText(doubts: readonly Doubt[], message: string): string {
  const command = `npx plinth db revision -m "${message}"`
  const lines = doubts.flatMap(({ entity, gone, come }) => {
    const what = entity === undefined ? `The table ${gone}` : `${entity}.${gone}`
    return [
      `${what} is gone and ${come.join(', ')} ${come.length === 1 ? 'is' : 'are'} new. Say what happened:`,
      ...come.map((name) => `  ${command} --rename ${renameText({ entity, gone, come }, name)}`),
    ]
  })
  return [...lines, `  ${command} --allow-destructive`].join('\n')
}

/** `product.cost=price`. */
export function renameText({ entity, gone }: Doubt, to: string): string {
  return entity === undefined ? `${gone}=${to}` : `${entity}.${gone}=${to}`
}
