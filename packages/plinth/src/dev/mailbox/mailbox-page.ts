import { Html, type HtmlValue, html } from '../../feature/index.ts'
import type { ReceivedMail } from './received.ts'

/** The list of all mails, newest first; it looks for new ones by itself. */
export function listPage(mails: readonly ReceivedMail[], nonce: string): string {
  const rows = mails.map(
    (mail) => html`<li><a href="/messages/${mail.id}">
<strong>${mail.subject === '' ? '(no subject)' : mail.subject}</strong>
<span>${mail.to.join(', ')}</span>
<time datetime="${mail.receivedAt}">${shortTime(mail.receivedAt)}</time></a></li>`,
  )
  const content =
    mails.length === 0
      ? html`<p class="quiet">No mail yet. What the service sends arrives here and goes nowhere else.</p>`
      : html`<ul class="list">${rows}</ul>`
  const refresh = html`<meta http-equiv="refresh" content="3">`
  return mailboxPage({ title: 'Mailbox', nonce, head: refresh }, html`<h1>Mailbox</h1>${content}`)
}

/** One mail: who, what, the text, and the HTML in a frame that can do nothing. */
export function messagePage(mail: ReceivedMail, nonce: string): string {
  const subject = mail.subject === '' ? '(no subject)' : mail.subject
  return mailboxPage(
    { title: subject, nonce, head: '' },
    html`<p><a href="/">← All mails</a></p>
<h1>${subject}</h1>
<dl><dt>From</dt><dd>${mail.from}</dd><dt>To</dt><dd>${mail.to.join(', ')}</dd>
<dt>Received</dt><dd><time datetime="${mail.receivedAt}">${mail.receivedAt}</time></dd>
${mail.attachments.map(({ name, type }) => html`<dt>Attached</dt><dd>${name} (${type})</dd>`)}</dl>
${mail.html !== '' && html`<iframe title="The mail as HTML" src="/messages/${mail.id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`}
${mail.text !== '' && html`<h2>Text</h2><pre>${linked(mail.text)}</pre>`}
<details><summary>Headers</summary><pre>${mail.headers.map(({ name, value }) => `${name}: ${value}\n`)}</pre></details>`,
  )
}

/** Addresses become links: half of all mails are there to be followed. */
function linked(text: string): HtmlValue {
  return (
    text
      // What ends a sentence is not part of the address before it.
      .split(/(https?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?])/)
      .map((part, at) =>
        at % 2 === 1
          ? html`<a href="${part}" target="_blank" rel="noopener noreferrer">${part}</a>`
          : part,
      )
  )
}

function shortTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`
}

interface Frame {
  readonly title: string
  readonly nonce: string
  readonly head: HtmlValue
}

function mailboxPage({ title, nonce, head }: Frame, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}
<title>${title} · development mailbox</title>
<style nonce="${nonce}">${new Html(STYLE)}</style>
</head>
<body><main>${content}</main>
<footer>Development mailbox. The last 200 mails, in memory. As JSON: <a href="/messages.json">/messages.json</a></footer></body>
</html>`.html
}

const STYLE = `
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--text:#1b1f24;--quiet:#57606a;--line:#d0d7de;--accent:#0b57d0}
@media (prefers-color-scheme:dark){:root{--ground:#0f1216;--card:#191e24;--text:#e8eaed;--quiet:#a3adb8;--line:#39424c;--accent:#a8c7fa}}
*{box-sizing:border-box}
body{margin:0;padding:1.5rem 1rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
main{max-width:52rem;margin:0 auto;padding:1.5rem;background:var(--card);border-radius:.75rem;box-shadow:0 1px 2px #0002,0 8px 24px #0001}
h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}h2{font-size:1rem;margin:1.5rem 0 .5rem}
a{color:var(--accent)}.quiet,footer,dt,time{color:var(--quiet)}
.list{margin:0;padding:0;list-style:none}.list li+li{border-top:1px solid var(--line)}
.list a{display:grid;grid-template-columns:1fr auto;gap:0 1rem;padding:.75rem .25rem;color:inherit;text-decoration:none}
.list a:hover strong{text-decoration:underline}.list span{grid-column:1;color:var(--quiet);font-size:.875rem}.list time{grid-column:2;grid-row:1/3;font-size:.875rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:0 0 1rem}dd{margin:0;overflow-wrap:anywhere}
iframe{width:100%;height:28rem;border:1px solid var(--line);border-radius:.5rem;background:Canvas}
pre{margin:0;padding:1rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:.5rem;font:.875rem/1.5 ui-monospace,monospace}
details{margin-top:1rem}summary{cursor:pointer;color:var(--quiet)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
footer{max-width:52rem;margin:1rem auto;text-align:center;font-size:.75rem}
`
