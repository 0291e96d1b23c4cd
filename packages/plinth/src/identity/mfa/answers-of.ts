import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { MethodKind } from './factors.repository.ts'
import { mfaProblems } from './mfa.errors.ts'
import type { prepared } from './mfa-answers.ts'
import type { Prepared } from './set-up-method.ts'
import { PENDING_SECONDS } from './set-up-method.ts'

/** @throws AppError 429, with the seconds in the header Retry-After */
export function refuseLocked(reply: FastifyReply, retryAfterSeconds: number): never {
  reply.header('retry-after', String(retryAfterSeconds))
  throw mfaProblems.locked()
}

/** @throws AppError 429, with the seconds in the header Retry-After */
export function refuseSending(reply: FastifyReply, retryAfterSeconds: number): never {
  reply.header('retry-after', String(retryAfterSeconds))
  throw mfaProblems.tooManyCodes()
}

/** The answer to somebody who sets a factor up. */
export function preparedAnswer(
  reply: FastifyReply,
  kind: MethodKind,
  one: Prepared,
): z.input<typeof prepared> {
  if (one.code === 'too_many') return refuseSending(reply, one.retryAfterSeconds)
  const { method: method_id } = one
  if (one.code === 'sent') {
    const { sentTo: sent_to, expiresInSeconds: expires_in_seconds } = one
    return { method_id, kind, sent_to, expires_in_seconds }
  }
  const { secret, uri: otpauth_uri, qrSvg: qr_svg } = one
  return { method_id, kind, secret, otpauth_uri, qr_svg, expires_in_seconds: PENDING_SECONDS }
}
