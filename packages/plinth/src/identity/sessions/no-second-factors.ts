import type { Challenges } from '../enter.ts'
import type { SecondFactors } from './second-factors.ts'

/** A gate for tools and tests that make sessions of people without any factor: what was proved is enough. */
export const noSecondFactors: SecondFactors = { judge: async () => ({ code: 'enough' }) }

/** What goes with it: nothing ever begins. */
export const noChallenges: Challenges = {
  begin: () => {
    throw new TypeError('a second factor is missing where nobody has any')
  },
}
