import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import type { Identity } from '../identity-deps.ts'
import { creationOptions, requestOptions } from '../passkeys/passkey-options.ts'
import { refreshIn, tokenAnswer } from '../token-api/token-api.ts'
import {
  handleChallenge,
  handleEnrolment,
  handleNewPasskeyOptions,
  handlePasskeyOptions,
  handleSendCode,
} from './handle-challenge.ts'
import { handleVerify, handleWebMfa } from './handle-finish.ts'
import { mfaProblems } from './mfa.errors.ts'
import {
  endingFields,
  isOneProof,
  mfaToken,
  ONE_PROOF,
  prepared,
  recoveryCodes,
  setUpFields,
} from './mfa-answers.ts'

const { invalidCode, invalidToken, unknownMethod, locked, tooManyCodes } = mfaProblems
const { notOffered, noAddress, phoneRefused } = mfaProblems

/** Whoever passed the first factor holds a token for it; another site's page must not use it (D22). */
const waiting = {
  access: open('somebody finishes a sign-in that waits for a second factor'),
  tenant: 'none',
  ownSitesOnly: true,
  limit: 'sign_in',
} as const

/** What brings a sign-in to its end, and what helps on the way there. */
export function challengeRoutes(identity: Identity): readonly RouteOptions[] {
  return [...finishRoutes(identity), ...helpRoutes(identity)]
}

function finishRoutes(identity: Identity): readonly RouteOptions[] {
  const web = route('POST /auth/web/mfa', {
    ...waiting,
    summary: 'Finishes a sign-in of a browser with its second factor: the browser gets a session.',
    body: z
      .strictObject({
        mfa_token: mfaToken,
        ...endingFields,
        remember_device: z
          .boolean()
          .default(false)
          .describe('Whether this browser needs no second factor for a while.'),
        return_to: z.string().optional(),
      })
      .refine(isOneProof, ONE_PROOF),
    returns: z.object({
      message: z.string(),
      mfa_required: z.literal(false),
      mfa_token: z.null(),
      csrf_token: z.string().nullable(),
      return_to: z.string(),
      recovery_codes: recoveryCodes.optional(),
    }),
    raises: [invalidCode, invalidToken, unknownMethod, locked],
    handle: (context) => handleWebMfa(identity, context),
  })
  const verify = route('POST /auth/mfa/verify', {
    ...waiting,
    summary: 'Finishes a sign-in of a client with its second factor: the client gets its tokens.',
    body: z
      .strictObject({
        mfa_token: z.string().max(128),
        ...endingFields,
        refresh_token_in: refreshIn,
      })
      .refine(isOneProof, ONE_PROOF),
    returns: tokenAnswer.extend({
      mfa_required: z.literal(false),
      mfa_token: z.null(),
      recovery_codes: recoveryCodes.optional(),
    }),
    raises: [invalidCode, invalidToken, unknownMethod, locked],
    handle: (context) => handleVerify(identity, context),
  })
  return [web, verify]
}

function helpRoutes(identity: Identity): readonly RouteOptions[] {
  const show = route('POST /auth/mfa/challenge', {
    ...waiting,
    summary:
      'What a sign-in that waits needs: one of the person’s factors, or that they set one up.',
    body: z.strictObject({ mfa_token: mfaToken }),
    returns: z.object({
      wants: z.enum(['factor', 'enrolment']),
      methods: z.array(
        z.object({ kind: z.string(), id: z.uuid().nullable(), sent_to: z.string().nullable() }),
      ),
      remembers_days: z
        .int()
        .describe('Days for which this browser can be remembered; 0 for none.'),
      expires_at: z.string(),
    }),
    raises: [invalidToken],
    handle: (context) => handleChallenge(identity, context),
  })
  const send = route('POST /auth/mfa/codes', {
    ...waiting,
    access: open('somebody who signs in, or is signed in, asks for a code'),
    summary: 'Sends a code by e-mail or SMS, for a sign-in that waits or for the person’s session.',
    body: z.strictObject({
      mfa_token: mfaToken,
      method_id: z.uuid(),
      for: z
        .enum(['sign_in', 'session'])
        .optional()
        .describe('What the code is for; without it the session, where the browser has one.'),
    }),
    status: 202,
    returns: z.object({ sent_to: z.string(), expires_in_seconds: z.int() }),
    raises: [invalidToken, unknownMethod, tooManyCodes, phoneRefused],
    handle: (context) => handleSendCode(identity, context),
  })
  const passkey = route('POST /auth/mfa/passkey-options', {
    ...waiting,
    summary: 'What a browser needs to bring a passkey as second factor.',
    body: z.strictObject({ mfa_token: mfaToken }),
    returns: requestOptions,
    raises: [invalidToken, notOffered],
    handle: (context) => handlePasskeyOptions(identity, context),
  })
  const enrol = route('POST /auth/mfa/enrolment', {
    ...waiting,
    summary: 'Sets up the second factor without which this person gets no session.',
    body: z.strictObject({ mfa_token: mfaToken, ...setUpFields }),
    returns: prepared,
    raises: [invalidToken, notOffered, noAddress, phoneRefused, tooManyCodes],
    handle: (context) => handleEnrolment(identity, context),
  })
  const make = route('POST /auth/mfa/enrolment/passkey-options', {
    ...waiting,
    summary: 'What a browser needs to make the passkey without which this person gets no session.',
    body: z.strictObject({ mfa_token: mfaToken }),
    returns: creationOptions,
    raises: [invalidToken, notOffered],
    handle: (context) => handleNewPasskeyOptions(identity, context),
  })
  return [show, send, passkey, enrol, make]
}
