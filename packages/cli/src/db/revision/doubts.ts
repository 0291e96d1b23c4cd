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

/** What was typed, as far as it must be typed again. */
export interface Asked {
  readonly message: string
  readonly renames?: readonly string[]
}

/** The command that was given: what it was told already is told again, for it remembers nothing. */
export function commandOf({ message, renames = [] }: Asked): string {
  // Only what no shell reads as anything else stands between double quotes.
  const isPlain = /^[\p{L}\p{N} _.,:;+=@%/()-]*$/u.test(message)
  const quoted = isPlain ? `"${message}"` : `'${message.replaceAll("'", "'\\''")}'`
  return [`npx plinth db revision -m ${quoted}`, ...renames.map((one) => `--rename ${one}`)].join(
    ' ',
  )
}

/** What a person reads: what went and came, and a command for each thing that it may mean. */
export function doubtText(doubts: readonly Doubt[], asked: Asked): string {
  const command = commandOf(asked)
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
