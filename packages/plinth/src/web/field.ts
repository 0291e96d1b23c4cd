import type { Html } from '../feature/index.ts'
import { html } from '../feature/index.ts'

/** One field of a form, with its label and what helps to fill it in. */
export interface Field {
  /** Name in the JSON that is sent; also the element's id, unless that is given. */
  readonly name: string
  readonly id?: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password' | 'tel'
  /** What browsers and password managers fill in: an `autocomplete` token. */
  readonly fill: string
  readonly hint?: string
  readonly value?: string | null
  readonly optional?: boolean
  /** For codes: digits on a phone's keyboard. */
  readonly digits?: boolean
}

/**
 * Tells a password manager whose password a form is about; people do not see it, and it is not sent.
 * @param name by which they sign in; nothing is written where it is not known
 */
export function accountName(name: string | null): Html | false {
  if (name === null) return false
  return html`<input type="text" autocomplete="username" value="${name}" readonly hidden>`
}

/** Writes a field. What is wrong with it replaces the hint, which is read aloud with the field. */
export function field(one: Field): Html {
  const { name, id = name, label, type = 'text', fill, hint = '', value, optional, digits } = one
  const plain = type === 'password' ? undefined : 'none'
  return html`<div class="field">
<label for="${id}">${label}${optional && html` <span class="muted">(optional)</span>`}</label>
<input id="${id}" name="${name}" type="${type}" autocomplete="${fill}" aria-describedby="${id}-hint"${value && html` value="${value}"`}${digits && html` inputmode="numeric"`}${plain && html` autocapitalize="${plain}" spellcheck="false"`}${!optional && html` required`}>
<p class="hint" id="${id}-hint">${hint}</p>
</div>
`
}
