import type { SecondFactors } from './second-factors.ts'

/** A gate for tools and tests that make sessions of people without any factor: what was proved is enough. */
export const noSecondFactors: SecondFactors = { judge: async () => ({ code: 'enough' }) }
