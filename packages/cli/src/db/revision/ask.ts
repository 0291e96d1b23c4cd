import { type Doubt, renameText } from './doubts.ts'
import type { RevisionResult } from './write-revision.ts'

/** What a person at a terminal said. */
export interface Answer {
  readonly renames: readonly string[]
  readonly allowDestructive: boolean
}

type Question = Extract<RevisionResult, { code: 'ambiguous' | 'destructive' }>

/** Asks what happened; undefined when nobody wants to say. */
export async function answerTo(question: Question): Promise<Answer | undefined> {
  const { confirm, isCancel } = await import('@clack/prompts')
  if (question.code === 'ambiguous') return sorted(question.doubts)
  const isSure = await confirm({
    message: `This loses ${question.loses.join(' and ')}. Write it?`,
    initialValue: false,
  })
  return isCancel(isSure) || !isSure ? undefined : { renames: [], allowDestructive: true }
}

async function sorted(doubts: readonly Doubt[]): Promise<Answer | undefined> {
  const { isCancel, select } = await import('@clack/prompts')
  const renames: string[] = []
  const taken = new Set<string>()
  let lost = false
  for (const doubt of doubts) {
    const free = doubt.come.filter((name) => !taken.has(`${doubt.entity}.${name}`))
    const said = await select({
      message: `${doubt.entity === undefined ? '' : `${doubt.entity}.`}${doubt.gone} is gone. What happened?`,
      options: [
        ...free.map((name) => ({ value: name, label: `It is called ${name} now` })),
        { value: '', label: 'It is gone, with all that it held' },
      ],
    })
    if (isCancel(said)) return undefined
    if (said === '') lost = true
    else {
      taken.add(`${doubt.entity}.${said}`)
      renames.push(renameText(doubt, said))
    }
  }
  return { renames, allowDestructive: lost }
}
