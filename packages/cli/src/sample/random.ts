/** A source of numbers that gives the same ones for the same seed: what was found is found again. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number
  /** One of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T
  /** Lower-case letters and digits. */
  word(length: number): string
}

const WORD = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Makes one from a seed (the generator mulberry32: 32 bits of state, good enough to choose input). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    whole,
    pick: (list) => list[whole(0, list.length - 1)] ?? list[0],
    word: (length) => Array.from({ length }, () => WORD.charAt(whole(0, WORD.length - 1))).join(''),
  }
}
