import type { Green } from './verdict.ts'

/** The committed list of rows that were green: one a line, with the suites that prove it. */
export const formatGreen = (green: readonly Green[]): string =>
  green.map(({ id, suites }) => `${id} ${suites.join('+')}\n`).join('')

export const parseGreen = (text: string): Green[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '))
    .map(([id = '', suites = '']) => ({ id, suites: suites.split('+') }))
