import { entity } from 'plinth/data'

const NAME = /^[a-z][a-z0-9_]{0,39}$/

/** The name of the entity whose table is called so: the singular whose plural it is. */
export function singularOf(table: string): string {
  const guesses = [
    table.replace(/ies$/, 'y'),
    table.replace(/s$/, ''),
    table.replace(/es$/, ''),
    table.replace(/ves$/, 'f'),
    table.replace(/eople$/, 'erson'),
    table.replace(/ren$/, ''),
  ]
  return (
    guesses.find((name) => name !== table && NAME.test(name) && pluralOf(name) === table) ?? table
  )
}

/** The table of an entity of that name. */
export function pluralOf(name: string): string {
  return entity(name, {}).plural
}
