import module from 'node:module'
import type { Said } from './ask-service.ts'
import type { Question, Replies } from './questions.ts'

// The child process behind `askService`: one question, one answer, and it ends.
module.enableCompileCache()
process.once('message', (question) => {
  void answer(question as Question).then(tell, (error: unknown) => tell({ failed: reason(error) }))
})
process.once('disconnect', () => process.exit(0))

type Answerers = { readonly [K in keyof Replies]: (question: Question<K>) => Promise<Replies[K]> }

const ANSWERERS: Answerers = {
  attack: async ({ service, details }) => {
    const { attackFrom } = await import('../attack/attack-from.ts')
    return attackFrom(service, details)
  },
  why: async ({ service, details }) => {
    const { whyFrom } = await import('../why/why-from.ts')
    return whyFrom(service, details)
  },
  generated: async ({ service }) => {
    const { syncService } = await import('../sync/sync-service.ts')
    return syncService(service, { check: true })
  },
  migrations: async ({ service }) => {
    const { entitiesWithoutMigration } = await import('../db/revision/index.ts')
    return entitiesWithoutMigration(service)
  },
}

async function answer(question: Question): Promise<Said> {
  const answerer = ANSWERERS[question.kind] as (question: Question) => Promise<unknown>
  return { answer: await answerer(question) }
}

function tell(said: Said): void {
  process.send?.(said, () => process.disconnect?.())
}

function reason(error: unknown): string {
  if (process.env['PLINTH_DEBUG'] && error instanceof Error)
    process.stderr.write(`${error.stack}\n`)
  return error instanceof Error ? error.message : String(error)
}
