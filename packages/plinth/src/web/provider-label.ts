import type { SignInChoice } from '../identity/index.ts'

/** What people call a provider; its key, when it is no longer offered. */
export function providerLabel(choices: readonly SignInChoice[], name: string): string {
  return choices.find((choice) => choice.name === name)?.label ?? name
}
