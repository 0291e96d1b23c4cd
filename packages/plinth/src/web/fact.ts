import type { Html } from '../feature/index.ts'
import { html } from '../feature/index.ts'

/** One name and its value in a list of facts. */
export function fact(name: string, value: Html | string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>
`
}
