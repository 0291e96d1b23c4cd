import { z } from 'zod'
import type { Context } from '../../feature/index.ts'
import { accountProblems } from '../account/account.errors.ts'
import { passwordField } from '../account/account-fields.ts'
import { accountShare } from '../attempts/account-share.ts'
import type { Identity } from '../identity-deps.ts'
import { signInWithPassword } from '../password/sign-in-with-password.ts'
import { tokenApiProblems } from './token-api.errors.ts'
import { refreshIn, tokenAnswer } from './token-api.ts'

/** What `POST /auth/login` takes. */
export const loginBody = z.strictObject({
  username: z.string().min(1).max(254).describe('User name or e-mail address.'),
  password: passwordField,
  provider: z
    .enum(['local', 'sso'])
    .default('local')
    .describe('local; whoever has an account at a provider signs in there, in a browser.'),
  refresh_token_in: refreshIn,
})

const { access_token, refresh_token, csrf_token, expires_in, token_type } = tokenAnswer.shape

/** What it answers: tokens, or what a second factor is brought with. */
export const loginAnswer = z.object({
  access_token: access_token.nullable(),
  refresh_token,
  token_type,
  expires_in: expires_in.nullable(),
  csrf_token,
  mfa_required: z.boolean(),
  mfa_token: z
    .string()
    .nullable()
    .describe('Goes to POST /auth/mfa/verify with the second factor.'),
  mfa_methods: z.array(z.string()).describe('Kinds of second factors that would do.'),
  mfa_enrolment_required: z
    .boolean()
    .describe('Whether a second factor is demanded that the person does not have yet.'),
})

const NO_FACTOR = {
  mfa_required: false,
  mfa_token: null,
  mfa_methods: [],
  mfa_enrolment_required: false,
}
const NO_TOKENS = {
  access_token: null,
  refresh_token: null,
  token_type: 'bearer',
  expires_in: null,
  csrf_token: null,
} as const

/** `POST /auth/login`: a client signs in with a name and a password, and gets tokens (contract 5). */
export async function handleLogin(
  identity: Identity,
  context: Context & { readonly body: z.output<typeof loginBody> },
): Promise<z.input<typeof loginAnswer>> {
  const { username, password, provider, refresh_token_in: place } = context.body
  if (provider === 'sso') throw tokenApiProblems.signInAtProvider()
  const userAgent = context.request.headers['user-agent']
  const outcome = await signInWithPassword(identity, {
    username,
    password,
    kind: 'token',
    actor: context.actor,
    share: accountShare(context),
    // Tokens stand beside whatever session the browser has: they neither end nor need one.
    browser: { userAgent, formerToken: undefined, rememberedDevice: undefined },
  })
  if (outcome.code === 'refused') throw accountProblems.invalidCredentials()
  if (outcome.code === 'must_change') throw accountProblems.passwordResetRequired()
  const { entered } = outcome
  if (entered.code !== 'signed_in') {
    const { token, methods } = entered.challenge
    const mustEnrol = entered.code === 'mfa_enrolment_required'
    const factor = { mfa_required: true, mfa_token: token, mfa_methods: [...methods] }
    return { ...NO_TOKENS, ...factor, mfa_enrolment_required: mustEnrol }
  }
  const { tokenApi, platform } = identity
  const given = await platform.transaction((tx) => tokenApi.begin(tx, entered.session.id))
  return { ...NO_FACTOR, ...(await tokenApi.answer(context.reply, given, place)) }
}
