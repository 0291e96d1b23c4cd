import { html } from '../feature/index.ts'

/** What a page with forms says to a browser that runs no scripts. */
export const needsScript = html`<noscript><p class="notice">The forms on this page need JavaScript.</p></noscript>`
