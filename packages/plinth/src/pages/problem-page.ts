import { type Html, html } from '../feature/index.ts'

/** What a failed request tells a person who looks at it in a browser. */
export interface ProblemView {
  /** HTTP status. */
  readonly status: number
  /** Stable name of the problem: `auth.invalid_login`. */
  readonly code: string
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

type Action = 'sign_in' | 'repeat' | 'account'

interface Advice {
  readonly heading: string
  /** What to do, where the problem's own sentence does not say it. */
  readonly next?: string
  /** What happened, where people need other words than programs. */
  readonly sentence?: string
  /** The one thing to do next; the start page is always there too. */
  readonly action?: Action
  /** What the link of `repeat` says; "Try again" by default. */
  readonly label?: string
}

const REPORT = 'If it happens again, report the reference below.'

const BY_STATUS: Readonly<Record<number, Advice>> = {
  400: { heading: 'This request was not understood', next: 'Go back and start again.' },
  401: {
    heading: 'Please sign in',
    sentence: 'This page is for people who are signed in.',
    action: 'sign_in',
  },
  403: {
    heading: 'This is not open to you',
    next: 'If you need it, ask whoever administers this service to give you access.',
  },
  404: { heading: 'Page not found', next: 'It may be mistyped, or what was here is gone.' },
  429: {
    heading: 'Too many requests',
    sentence: 'Too much was asked from here within a short time.',
    next: 'Wait a minute, then load the page again.',
  },
  500: { heading: 'That did not work', next: REPORT },
  503: { heading: 'Not available at the moment', next: REPORT },
}

const UNFINISHED: Advice = {
  heading: 'This sign-in cannot be finished',
  sentence:
    'It took too long, was finished already, or began in another browser. Your account is not affected: sign in once more.',
  action: 'sign_in',
}

const NEEDS_SCRIPT: Advice = {
  heading: 'This form was not sent',
  sentence:
    'The forms of this service need JavaScript, and nothing was changed. Turn it on for this site, go back, load the page again and repeat it.',
}

/** Where the way out depends on more than the status. */
const BY_CODE: Readonly<Record<string, Advice>> = {
  'auth.missing_login': UNFINISHED,
  'auth.invalid_login': UNFINISHED,
  'auth.unknown_provider': {
    heading: 'There is no such way to sign in',
    sentence: 'The link names a provider that this service does not use. Choose another one.',
    action: 'sign_in',
  },
  'http.cross_site': {
    heading: 'Another site brought you here',
    sentence: 'Signing in begins on a page of this service. If you want to sign in, go on.',
    action: 'repeat',
    label: 'Go on',
  },
  // What a browser sends that runs no script, or that sent the form before the script was there.
  'http.media_type': NEEDS_SCRIPT,
  'http.csrf': NEEDS_SCRIPT,
  'auth.link_offer_gone': {
    heading: 'This question is no longer open',
    sentence:
      'It was answered already, or ten minutes have passed. Nothing was linked just now; you can begin again from your account.',
    action: 'account',
  },
  'auth.other_person': { heading: 'That is somebody else’s account', action: 'account' },
  'auth.session_changed': { heading: 'The account was not linked', action: 'sign_in' },
  'auth.step_up_failed': { heading: 'That did not confirm that it is you', action: 'sign_in' },
  'auth.logout_state': { heading: 'Nothing was signed out here' },
  'auth.provider_unavailable': {
    heading: 'Signing in does not work at the moment',
    action: 'repeat',
  },
}

function adviceFor({ code, status, title, signIn }: ProblemView): Advice {
  const known = BY_CODE[code] ?? (signIn === undefined ? BY_STATUS[status] : STEP_UP)
  return (
    known ?? (status >= 500 ? { heading: 'That did not work', next: REPORT } : { heading: title })
  )
}

const STEP_UP: Advice = {
  heading: 'Please confirm that it is you',
  sentence: 'This needs a sign-in that is more recent or stronger than yours.',
  action: 'sign_in',
}

/** Title of an error page. */
export function problemHeading(problem: ProblemView): string {
  return adviceFor(problem).heading
}

/** The content of an error page: what happened, what to do, and where to go from here. */
export function problemContent(problem: ProblemView): Html {
  const { status, requestId } = problem
  const advice = adviceFor(problem)
  const { heading, sentence = problem.sentence, next, action } = advice
  return html`<section class="stack">
${action === undefined && html`<p class="eyebrow">Error ${status}</p>`}
<h1>${heading}</h1>
<p class="lede">${sentence}${next !== undefined && ` ${next}`}</p>
<div class="cluster">
${action !== undefined && primary(advice, problem)}
<a class="button${action === undefined && ' button-primary'}" href="/">Go to the start page</a>
</div>
<p class="hint">Reference: <span class="code">${requestId}</span></p>
</section>`
}

function primary({ action, label = 'Try again' }: Advice, problem: ProblemView): Html {
  if (action === 'repeat') return link(problem.returnTo ?? '/', label)
  if (action === 'account') return link('/account', 'Go to your account')
  const { signIn } = problem
  if (signIn === undefined) return link(`/auth/sign-in?return_to=${wayBack(problem)}`, 'Sign in')
  // A sign-in that failed knows itself where it was to lead.
  const href = signIn.includes('return_to=') ? signIn : `${signIn}&return_to=${wayBack(problem)}`
  return link(href, 'Sign in again')
}

/** The routes of sign-in are no place to come back to, and their addresses hold codes (ASVS 14.2.1). */
function wayBack({ returnTo = '/' }: ProblemView): string {
  return encodeURIComponent(returnTo.startsWith('/auth/') ? '/' : returnTo)
}

function link(href: string, text: string): Html {
  return html`<a class="button button-primary" href="${href}">${text}</a>`
}
