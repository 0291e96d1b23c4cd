import type { Html } from '../feature/index.ts'
import { html } from '../feature/index.ts'

const when = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
})

/** A moment, for people and for programs. @param iso ISO 8601 */
export function timeTag(iso: string): Html {
  const moment = new Date(iso)
  return html`<time datetime="${moment.toISOString()}">${when.format(moment)} UTC</time>`
}
