import { type Html, html } from '../feature/index.ts'

/** What a failed request tells a person who looks at it in a browser. */
export interface ProblemView {
  /** HTTP status. */
  readonly status: number
  /** Heading, when the status has no better one of its own. */
  readonly title: string
  /** The public sentence of the problem: what happened. Never a reason from inside. */
  readonly sentence: string
  /** Joins what the person saw to the service's log. */
  readonly requestId: string
  readonly nonce: string
  /** Path to come back to after signing in; `/` by default. Sign-in itself checks it. */
  readonly returnTo?: string
  /** Where to sign in again, when the sign-in there is was too old or too weak. */
  readonly signIn?: string
}

interface Advice {
  readonly heading: string
  /** What to do, where the problem's own sentence does not say it. */
  readonly next?: string
}

const REPORT = 'If it happens again, report the reference below.'

const ADVICE: Readonly<Record<number, Advice>> = {
  400: { heading: 'This request was not understood', next: 'Go back and start again.' },
  401: { heading: 'Please sign in', next: 'This page is for people who are signed in.' },
  403: {
    heading: 'This is not open to you',
    next: 'If you need it, ask whoever administers this service to give you access.',
  },
  404: { heading: 'Page not found', next: 'It may be mistyped, or what was here is gone.' },
  429: { heading: 'Too many requests', next: 'Wait a minute, then load the page again.' },
  500: { heading: 'That did not work', next: REPORT },
  503: { heading: 'Not available at the moment', next: REPORT },
}

function adviceFor({ status, title }: ProblemView): Advice {
  return ADVICE[status] ?? (status >= 500 ? { heading: 'That did not work' } : { heading: title })
}

/** Title of an error page. */
export function problemHeading(problem: ProblemView): string {
  return adviceFor(problem).heading
}

/** The content of an error page: what happened, what to do, and where to go from here. */
export function problemContent(problem: ProblemView): Html {
  const { status, requestId } = problem
  const { heading, next } = adviceFor(problem)
  const signedOut = status === 401
  return html`<section class="stack">
${!signedOut && html`<p class="eyebrow">Error ${status}</p>`}
<h1>${heading}</h1>
<p class="lede">${leadOf(problem, next)}</p>
<div class="cluster">
${signedOut && signInLink(problem)}
<a class="button${!signedOut && ' button-primary'}" href="/">Go to the start page</a>
</div>
<p class="hint">Reference: <span class="code">${requestId}</span></p>
</section>`
}

function leadOf({ status, sentence, signIn }: ProblemView, next: string | undefined) {
  if (signIn !== undefined) return 'For this, prove once more that it is you.'
  return status === 401 ? next : [sentence, ' ', next]
}

function signInLink({ returnTo = '/', signIn }: ProblemView): Html {
  const base = signIn === undefined ? '/auth/web/login?' : `${signIn}&`
  const href = `${base}return_to=${encodeURIComponent(returnTo)}`
  return html`<a class="button button-primary" href="${href}">Sign in${signIn && ' again'}</a>`
}
