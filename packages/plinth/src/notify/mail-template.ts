import { z } from 'zod'
import { type Fields, type Html, html } from '../feature/index.ts'
import { headerText } from './mail-address.ts'

type Output<F extends Fields> = { readonly [K in keyof F]: z.output<F[K]> }
type Input<F extends Fields> = { readonly [K in keyof F]: z.input<F[K]> }

/** What a mail template declares. */
export interface MailTemplateSpec<F extends Fields> {
  /** What a mail of this kind is told; anything else is refused. */
  readonly data: F
  readonly subject: (data: Output<F>) => string
  /** The mail as plain text. */
  readonly text: (data: Output<F>) => string
  /** The mail as HTML; the `html` tag escapes every value. */
  readonly html: (data: Output<F>) => Html
  /** Seconds for which its job is kept once it is sent; what the settings say when left out. */
  readonly keepSeconds?: number
}

/** A written mail. */
export interface MailContent {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** A declared kind of mail. */
export interface MailTemplate<F extends Fields = Fields> {
  readonly kind: 'mail-template'
  readonly name: string
  /**
   * Writes a mail.
   * @throws ZodError when the data is not as declared
   */
  readonly write: (data: Input<F>) => MailContent
  readonly keepSeconds?: number
}

const NAME = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/
const LONGEST_SUBJECT = 200

/**
 * Declares a kind of mail.
 * @param name dotted lower-case name: `account.new_device`
 * @throws TypeError when the name leaves that grammar
 */
export function mailTemplate<F extends Fields>(
  name: string,
  spec: MailTemplateSpec<F>,
): MailTemplate<F> {
  if (!NAME.test(name)) throw new TypeError(`mail name "${name}" must look like "area.what"`)
  const schema = z.strictObject(spec.data)
  return Object.freeze({
    kind: 'mail-template',
    name,
    ...(spec.keepSeconds !== undefined && { keepSeconds: spec.keepSeconds }),
    write: (given: Input<F>) => {
      const data = z.parse(schema, given) as Output<F>
      const subject = headerText(spec.subject(data)).slice(0, LONGEST_SUBJECT)
      return { subject, text: spec.text(data), html: mailDocument(subject, spec.html(data)).html }
    },
  })
}

/** Mail readers drop style sheets: what must look right stands at the elements. */
function mailDocument(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:560px;margin:0 auto">${content}</div>
</body>
</html>`
}
