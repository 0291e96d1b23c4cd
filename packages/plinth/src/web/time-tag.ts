import type { Html } from '../feature/index.ts'
import { html } from '../feature/index.ts'

// Made by the first page: what makes it reads Node's locale data.
let when: Intl.DateTimeFormat | undefined

/** A moment, for people and for programs. @param iso ISO 8601 */
export function timeTag(iso: string): Html {
  const moment = new Date(iso)
  when ??= new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return html`<time datetime="${moment.toISOString()}">${when.format(moment)} UTC</time>`
}
