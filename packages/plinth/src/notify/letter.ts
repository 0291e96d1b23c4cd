import { z } from 'zod'
import { type Html, html } from '../feature/index.ts'

/** A mail as its sentences: the two forms of it are made alike. */
export interface Letter {
  readonly name: string
  readonly paragraphs: readonly string[]
  /** The one thing to do, between the paragraphs and the end. */
  readonly link?: { readonly text: string; readonly url: string }
  /** What follows the link. */
  readonly end?: readonly string[]
}

/** Facts that every mail about an account has. */
export const letterData = {
  name: z.string().max(200),
  /** Where the service is: `https://app.example.com`. */
  baseUrl: z.url({ protocol: /^https?$/ }),
}

/** A letter as plain text. */
export function letterText({ name, paragraphs, link, end = [] }: Letter): string {
  const parts = [`Hello ${name},`, ...paragraphs, ...(link ? [link.url] : []), ...end]
  return `${parts.join('\n\n')}\n`
}

/** A letter as HTML. */
export function letterHtml({ name, paragraphs, link, end = [] }: Letter): Html {
  return html`<p>Hello ${name},</p>
${paragraphs.map((text) => html`<p>${text}</p>`)}
${link && html`<p><a href="${link.url}">${link.text}</a></p>`}
${end.map((text) => html`<p>${text}</p>`)}`
}

/** `2026-01-02 03:04 UTC`. */
export function shownTime(iso: string): string {
  const utc = new Date(iso).toISOString()
  return `${utc.slice(0, 10)} ${utc.slice(11, 16)} UTC`
}
