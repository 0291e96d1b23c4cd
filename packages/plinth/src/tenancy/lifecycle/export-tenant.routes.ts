import { once } from 'node:events'
import type { FastifyReply, RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Db } from '../../data/index.ts'
import type { Context } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { aboutTenant } from '../about-tenant.ts'
import { readMember } from '../members/members.repository.ts'
import { recentSignIn } from '../recent-sign-in.ts'
import { tenancyProblems } from '../tenancy.errors.ts'
import { tenancyEvents } from '../tenancy.events.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { mayInTenant } from '../tenant-permissions.ts'
import { exportLines } from './export-lines.ts'

/** `GET /tenants/{id}/export`: all that lies in a tenant, a JSON object a line. */
export function exportRoute({ entities }: TenancyDeps): readonly RouteOptions[] {
  const all = route('GET /tenants/:id/export', {
    access: mayInTenant.export,
    stepUp: recentSignIn,
    summary:
      'All rows of the tenant, a JSON object a line (NDJSON); the last line says how many there were.',
    params: { id: z.string().max(63) },
    query: {
      personal_data: z
        .literal('include')
        .optional()
        .describe('Without it, fields that hold personal data are blacked out.'),
    },
    status: 200,
    raises: [tenancyProblems.unknown, tenancyProblems.ownersOnly],
    handle: async (context) => {
      const { db, principal, actor, query, reply, signal } = context
      const personal = query.personal_data === 'include'
      await requireOwner(db, { person: principal.person, actor, personal })
      reply
        .type('application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="${db.tenant}.ndjson"`)
        .header('cache-control', 'no-store')
      takeOver(reply)
      await stream(context, exportLines(db, { entities, personal, signal }))
    },
  })
  return [aboutTenant(all)]
}

/** The audit row is there before the first byte leaves. */
async function requireOwner(
  db: Db,
  { person, actor, personal }: { person: Id<'person'>; actor: Actor; personal: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    if ((await readMember(tx, person))?.role !== 'owner') throw tenancyProblems.ownersOnly()
    const target = { type: 'tenant', id: tx.tenant }
    const event = tenancyEvents.exported({ outcome: 'success', target, data: { personal } })
    await record(tx, actor, event)
  })
}

/** Fastify is done with the answer; its headers go with it. */
function takeOver(reply: FastifyReply): void {
  const headers = Object.entries(reply.getHeaders())
  reply.hijack()
  for (const [name, value] of headers) if (value !== undefined) reply.raw.setHeader(name, value)
}

/** An answer that breaks off has no last line, and its socket is cut: nobody takes it for whole. */
async function stream(
  { reply: { raw }, signal, log }: Pick<Context, 'reply' | 'signal' | 'log'>,
  lines: AsyncIterable<string>,
): Promise<void> {
  try {
    for await (const line of lines) {
      if (!raw.write(line)) await once(raw, 'drain', { signal })
    }
    raw.end()
  } catch (error) {
    raw.destroy()
    log.warn({ error }, 'an export broke off')
  }
}
