import { feature } from '../packages/plinth/src/feature/index.ts'
import type { EvilProvider } from '../packages/plinth/src/testing/index.ts'
import {
  newSigningKey,
  startEvilProvider,
  startWorld,
} from '../packages/plinth/src/testing/index.ts'
import { median } from './measure.ts'
import type { Figure } from './start-up.ts'

const SIGN_INS = 60
const WARM_UP = 15

/**
 * From the provider's answer to a session, without the provider's own share: the time of a callback
 * less that of the token call it makes, asked of the same provider in the same way. Signatures are
 * ES256, because service and provider share this process.
 */
export async function measureSignIn(): Promise<readonly Figure[]> {
  await using provider = await startEvilProvider({ key: newSigningKey('ES256') })
  await using world = await startWorld({ features: [feature('none', {})], providers: [provider] })
  const [callbacks, tokens]: [number[], number[]] = [[], []]
  for (let at = 0; at < SIGN_INS; at++) {
    const person = world.visitor()
    const url = await provider.start(person)
    const began = performance.now()
    const { status } = await person.get(provider.callback(url))
    const took = performance.now() - began
    if (status !== 302) throw new Error(`a sign-in ended with ${status}`)
    const call = await tokenCall(provider)
    if (at < WARM_UP) continue
    callbacks.push(took)
    tokens.push(call)
  }
  return [
    {
      name: 'callback',
      title: 'callback to session, the provider’s share left out',
      value: median(callbacks) - median(tokens),
      unit: 'ms',
      target: 10,
    },
  ]
}

/** Milliseconds of the token call that the callback made, made again: this provider answers it twice. */
async function tokenCall({ issuer, calls }: EvilProvider): Promise<number> {
  const made = calls('token').at(-1)
  if (made === undefined) throw new Error('no token call was heard')
  const { path, body, headers } = made
  const began = performance.now()
  const answer = await fetch(`${issuer}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: headers.authorization ?? '',
    },
    body,
  })
  const { id_token: token } = (await answer.json()) as { id_token?: string }
  if (token === undefined) throw new Error('the provider did not answer the same code again')
  return performance.now() - began
}
