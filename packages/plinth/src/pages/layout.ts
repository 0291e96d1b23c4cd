import { type Html, html } from '../feature/index.ts'
import type { Assets } from './assets.ts'

/** A link of the page's header or footer. */
export interface PageLink {
  readonly text: string
  readonly href: string
}

/** What every page of a service has in common. */
export interface Frame {
  /** Name of the service: in the header and in every title. */
  readonly service: string
  /** Language of the pages' text, BCP 47. */
  readonly language: string
  readonly links: readonly PageLink[]
  /** Where people see their own accounts and sessions; undefined where there is no such page. */
  readonly account: string | undefined
  readonly assets: Assets
}

/** What one page puts into the frame. */
export interface PageParts {
  readonly title: string
  readonly content: Html
  /** Nonce of the answer's Content-Security-Policy: the only thing that lets style and script run. */
  readonly nonce: string
  /** For the forms of a signed-in person; null for anyone else. */
  readonly csrfToken?: string | null
  /** Whose token it is: a page renews it for them, and for nobody who signed in since. */
  readonly person?: string | undefined
  /** Shown in the header when somebody is signed in. */
  readonly personName?: string | undefined
}

/**
 * The whole document as text. It has no inline style, no inline script and no event handler, so it
 * works under a policy without `unsafe-inline` (ASVS 3.4.3).
 */
export function renderDocument(frame: Frame, page: PageParts): string {
  return html`<!doctype html>
<html lang="${frame.language}">
${head(frame, page)}
<body>
<a class="skip-link" href="#content">Skip to the content</a>
${header(frame, page)}
<main class="page-main" id="content" tabindex="-1">
<p class="notice notice-good" id="done" role="status"></p>
<div class="stack">
${page.content}
</div>
</main>
<footer class="page-footer">${frame.service}</footer>
</body>
</html>
`.html
}

function head(frame: Frame, { title, nonce, csrfToken, person, content }: PageParts): Html {
  const { stylesheet, script, passkeys, icon } = frame.assets
  const usesPasskeys = content.html.includes(' data-passkey=')
  return html`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${csrfToken && html`<meta name="csrf-token" content="${csrfToken}"${person && html` data-person="${person}"`}>`}
${usesPasskeys && html`<meta name="passkeys" content="${passkeys.url}">`}
<title>${title === frame.service ? title : `${title} · ${frame.service}`}</title>
<link rel="icon" type="image/svg+xml" href="${icon.url}">
<script src="${script.url}" nonce="${nonce}"></script>
<link rel="stylesheet" href="${stylesheet.url}" nonce="${nonce}">
</head>`
}

function header({ service, links, account, assets }: Frame, { personName }: PageParts): Html {
  const items = links.map(({ text, href }) => html`<a href="${href}">${text}</a>`)
  const person = personName && nameTag(personName, account)
  return html`<header class="page-header">
<a class="brand" href="/"><img src="${assets.icon.url}" width="28" height="28" alt="">${service}</a>
${(items.length > 0 || person) && html`<nav class="page-nav" aria-label="Main">${items}${person}</nav>`}
</header>`
}

function nameTag(name: string, account: string | undefined): Html {
  return account === undefined ? html`<span>${name}</span>` : html`<a href="${account}">${name}</a>`
}
