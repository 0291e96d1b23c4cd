// Sends forms marked `data-action` as JSON, with the CSRF token of the page, and shows what came back.
//
//   <form method="post" data-action="POST" action="/api/v1/products" data-done="Product added.">
//
// method       post, always: where no script runs, what was typed stays out of the address
// data-action  method of the request: POST, PUT, PATCH or DELETE
// data-done    sentence to show, on the next page
// data-next    where to go after success, instead of loading the page again
// data-show    id of a <template>: after success it takes the form's place, filled with the answer
// data-show-if part of the answer without which that template is not shown
// data-step    around forms of which one is enough: the template takes the place of all of it
// data-second  page for a second factor, where the answer asks for one
// data-type    on a field: how its text becomes JSON: integer, boolean (a box that is ticked), or
//              minor-units (12.50 becomes 1250)
// data-link    on a field: it gets the token of the link that led here, which leaves the address;
//              `data-keep` names where this tab keeps it, for whoever signs in before
// data-look    on an element: it stays hidden until the service has said at this path what the token
//              is about, and is filled with that; `data-when` in it shows an element only where a part
//              of the answer is there, or has the value behind =
// data-fill    in a template: the part of the answer that an element shows
// data-passkey create or get: the person's device answers first what is asked at `data-options`;
//              the answer is sent as `response`, or under the name in `data-as`; with
//              `data-autofill` the browser offers passkeys while a name is typed, too
//
// An empty field is left out. Where the answer says where to go (`provider_logout_url`, so that the
// person is signed out at the provider too; `authorization_url`; `return_to`), the browser goes
// there; after any other answer the page loads again.
// The file has no dependency and needs nothing from the Content-Security-Policy but its nonce. A module
// would wait for the page: this runs before there is any of it, so that nobody can press a button that does
// not know yet what it does. The block keeps its names to itself.
// biome-ignore lint/suspicious/noRedundantUseStrict: it is no module.
'use strict'
{
  const FLASH = 'plinth.done'

  const sentences = {
    offline: 'The service did not answer. Check your connection and try again.',
    marked: 'Not saved yet: correct what is marked, then try again.',
    unknown: 'That did not work. Load the page again and repeat it.',
    confirm: 'Confirm that it is you',
    signedOut: 'You are signed out by now, so nothing was changed.',
    signIn: 'Sign in again',
    noLink: 'This page works with a link from a mail. Open the whole link, or ask for a new one.',
  }

  // For people, where the API's own sentence is one that programs look for.
  const plain = {
    'auth.invalid_credentials':
      'Name and password do not fit together. Try again, or set a new password.',
    'auth.invalid_reset_token': 'This link is not valid, or not any more. Ask for a new one.',
    'http.csrf': 'Somebody signed in or out in another tab. Load the page again and repeat it.',
    'auth.no_password': 'This account has no password. Sign in another way.',
    'mfa.invalid_code':
      'This is not right, or was used before. Wait for the next code and try that.',
    'mfa.invalid_token': 'This sign-in took too long, or was tried too often. Sign in again.',
    'auth.confirm_password':
      'Open this link in the browser in which you began, or type the password that you chose then.',
    'mfa.method_taken': 'You have one of these already. Remove it first, or load the page again.',
  }

  // The session ended while the page stood open.
  const signedOut = ['access.not_signed_in', 'auth.no_session', 'auth.invalid_session']

  // Where a fresh proof is asked for: where the answer says so, or on a page of ours.
  const confirmations = { sign_in_again: undefined, second_factor: '/auth/confirm' }

  /** When all of the page is there; until then fields may lack what a link brought along. */
  const whole = new Promise((done) => addEventListener('DOMContentLoaded', done))

  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.dataset.action === undefined) return
    event.preventDefault()
    if (form.ariaBusy !== 'true') void submit(form, event.submitter)
  })

  // A page that the browser kept for its back button may show a session that is over.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })

  // A link that is pasted into a page which is open already changes nothing but what stands behind #.
  window.addEventListener('hashchange', () => {
    if (location.hash.startsWith('#token=')) location.reload()
  })

  void whole.then(() => {
    showFlash()
    void lookUp(takeLinkToken())
    for (const form of document.querySelectorAll('form[data-autofill]')) void offerPasskeys(form)
  })

  /** One submission: send, then either leave the page or say in the form why not. */
  async function submit(form, submitter, proof) {
    clearFaults(form)
    setBusy(form, submitter, true)
    await whole
    try {
      const answer = await send(form, proof ?? (await proofOf(form)))
      const body = await answer.json().catch(() => ({}))
      if (!answer.ok) showProblem(form, body)
      else if (isShown(form, body)) return show(form, body)
      else return leave(form, body)
    } catch (error) {
      if (error.problem) showProblem(form, error.problem)
      else say(form, error.sentence ?? sentences.offline)
    }
    setBusy(form, submitter, false)
  }

  /** What a passkey says to the question of the service; nothing for a form without one. */
  async function proofOf({ dataset: { passkey, options, as = 'response' } }) {
    if (!passkey) return {}
    const { useDevice } = await passkeys()
    return { [as]: await useDevice(passkey, await asked(options)) }
  }

  function passkeys() {
    return import(document.querySelector('meta[name="passkeys"]').content)
  }

  /** The question that a device answers. */
  async function asked(path) {
    const answer = await sendJson('POST', path, {})
    const body = await answer.json()
    if (!answer.ok) throw Object.assign(new Error(), { problem: body })
    return body
  }

  /** Has the browser offer passkeys where a name is typed. Whoever chooses one has submitted the form. */
  async function offerPasskeys(form) {
    // Whatever goes wrong before somebody chooses one: the button says it to whoever uses that.
    const proof = await passkeys()
      .then(({ offerInField }) => offerInField(() => asked(form.dataset.options)))
      .catch(() => undefined)
    if (proof !== undefined) await submit(form, undefined, { response: proof })
  }

  function send(form, proof) {
    const fields = [...fieldsOf(form), ...Object.entries(proof)]
    const body = fields.length > 0 ? Object.fromEntries(fields) : undefined
    return sendJson(form.dataset.action, form.getAttribute('action'), body)
  }

  /**
   * Sends JSON as a page of ours: with the CSRF token where somebody is signed in. One that was changed
   * meanwhile, because another tab renewed the session, is asked for anew and the request sent once more.
   */
  async function sendJson(method, path, body) {
    const answer = await sendOnce(method, path, body)
    if (answer.status !== 403) return answer
    const { detail } = await answer
      .clone()
      .json()
      .catch(() => ({}))
    const isStale = typeof detail === 'string' && detail.includes('CSRF')
    return isStale && (await renewToken()) ? sendOnce(method, path, body) : answer
  }

  /** Takes over the CSRF token of now; not that of somebody else who signed in since. */
  async function renewToken() {
    const held = document.querySelector('meta[name="csrf-token"]')
    if (held === null) return false
    const answer = await fetch('/auth/web/me', { credentials: 'same-origin' })
    const { user, csrf_token: token } = await answer.json()
    if (!token || user?.id !== held.dataset.person) return false
    held.content = token
    return true
  }

  function sendOnce(method, path, body) {
    const token = document.querySelector('meta[name="csrf-token"]')?.content
    return fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        // A browser whose session is over still sends its cookie, and then a header must be there.
        'x-csrf-token': token ?? 'none',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  /** After success: to where the answer or the form points, else the same page, fresh. */
  function leave(form, body) {
    if (form.dataset.done) sessionStorage.setItem(FLASH, form.dataset.done)
    const target = webAddress(nextOf(form, body))
    if (target === undefined) location.reload()
    else location.assign(target)
  }

  function nextOf(form, body) {
    const { next, second } = form.dataset
    const page = body.return_to ?? next
    if (second && body.mfa_required) return `${second}?return_to=${encodeURIComponent(page ?? '/')}`
    return body.provider_logout_url ?? body.authorization_url ?? page
  }

  function webAddress(address) {
    const url = address ? URL.parse(address, location.href) : null
    return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : undefined
  }

  function isShown({ dataset: { show: template, showIf } }, body) {
    return template !== undefined && (showIf === undefined || showIf in body)
  }

  /** Puts the form's template in the place of its step, filled with the answer, and the reader before it. */
  function show(form, body) {
    const shown = document.getElementById(form.dataset.show).content.cloneNode(true)
    fillIn(shown, body)
    const first = shown.firstElementChild
    const place = form.closest('[data-step]') ?? form
    place.replaceWith(shown)
    first.tabIndex = -1
    first.focus()
  }

  /** Fills what `data-when` and `data-fill` mark below an element. */
  function fillIn(root, body) {
    const part = (path) => path.split('.').reduce((value, name) => value?.[name], body) ?? undefined
    for (const element of root.querySelectorAll('[data-when]')) {
      const [path, wanted] = element.dataset.when.split('=')
      const value = part(path)
      if (wanted === undefined ? value === undefined : String(value) !== wanted) element.remove()
    }
    for (const element of root.querySelectorAll('[data-fill]')) {
      fill(element, part(element.dataset.fill))
    }
  }

  function fill(element, value) {
    const is = (kind) => element instanceof kind
    // A link keeps the address that it has.
    if (value === undefined) {
      if (!is(HTMLAnchorElement)) element.remove()
      return
    }
    if (is(HTMLInputElement)) element.value = value
    else if (is(HTMLAnchorElement)) element.href = webAddress(value) ?? '/'
    else if (is(HTMLImageElement)) element.src = imageOf(value)
    else if (is(HTMLTimeElement)) setTime(element, value)
    else if (Array.isArray(value)) element.append(...value.map(item))
    else element.textContent = value
  }

  /** A moment, for people where the page is read and for programs. */
  function setTime(element, iso) {
    const style = { dateStyle: 'medium', timeStyle: 'short' }
    element.dateTime = iso
    element.textContent = new Intl.DateTimeFormat('en-GB', style).format(new Date(iso))
  }

  /** A drawing as an image: nothing in it can run there. */
  function imageOf(svg) {
    return `data:image/svg+xml,${encodeURIComponent(svg)}`
  }

  function item(text) {
    return Object.assign(document.createElement('li'), { textContent: text })
  }

  /**
   * A token stands behind # or ? of a link in a mail. It goes into the forms, and out of the address. With
   * `data-keep` this tab keeps it, because somebody may sign in first and come back.
   */
  function takeLinkToken() {
    const fields = [...document.querySelectorAll('input[data-link]')]
    if (fields.length === 0) return ''
    const keep = fields.find(({ dataset }) => dataset.keep)?.dataset.keep
    const kept = keep && sessionStorage.getItem(`plinth.${keep}`)
    const sent = new URLSearchParams(location.hash.slice(1) || location.search).get('token')
    const token = sent ?? kept ?? ''
    for (const field of fields) {
      field.value = token
      // Behind a look at what the token is about nobody sees the form yet: that look says it.
      if (token === '' && field.form && !field.closest('[data-look]'))
        say(field.form, sentences.noLink)
    }
    if (sent && keep) sessionStorage.setItem(`plinth.${keep}`, sent)
    if (sent) history.replaceState(null, '', location.pathname)
    return token
  }

  /** Shows what the token is about, before anybody decides; or says why it is about nothing. */
  async function lookUp(token) {
    const place = document.querySelector('[data-look]')
    if (place === null) return
    const card = place.parentElement
    if (token === '') return say(card, sentences.noLink)
    try {
      const answer = await sendJson('POST', place.dataset.look, { token })
      const body = await answer.json()
      if (!answer.ok) return say(card, sentenceOf(body))
      fillIn(place, body)
      place.hidden = false
    } catch {
      say(card, sentences.offline)
    }
  }

  /** The filled-in fields as names and JSON values. */
  function fieldsOf(form) {
    return [...new FormData(form)]
      .filter(([, text]) => text !== '')
      .map(([name, text]) => [name, toJson(text, form.elements.namedItem(name)?.dataset?.type)])
  }

  /** The JSON value of a field; text that cannot be read goes as it is, for the service to refuse. */
  function toJson(text, type) {
    if (type === 'boolean') return true
    const read = { integer: Number, 'minor-units': toMinorUnits }[type]
    const value = read?.(text.trim())
    return Number.isSafeInteger(value) ? value : text
  }

  /** 12.5 → 1250, digit by digit: a float would turn 19.99 into 1998.9999999999998. */
  function toMinorUnits(text) {
    const [, whole, part = ''] = /^(\d+)(?:[.,](\d{1,2}))?$/.exec(text) ?? []
    return whole === undefined ? Number.NaN : Number(whole + part.padEnd(2, '0'))
  }

  /** Shows a problem document (RFC 9457): its sentence, and each field's fault at the field. */
  function showProblem(form, problem) {
    const faults = Array.isArray(problem.details) ? problem.details : []
    const wrong = faults.map((fault) => markField(form, fault)).find((field) => field !== undefined)
    say(form, wrong ? sentences.marked : sentenceOf(problem))
    const remedy = remedyFor(problem.code, faults)
    if (remedy) offer(form, remedy)
    wrong?.focus()
  }

  /** Where to go when the sign-in is over, or not fresh or strong enough. */
  function remedyFor(code, faults) {
    if (signedOut.includes(code)) return { address: '/auth/sign-in', text: sentences.signIn }
    const again = faults.find((fault) => fault.code in confirmations)
    return again && { address: confirmations[again.code] ?? again.message, text: sentences.confirm }
  }

  function sentenceOf({ code, message, detail }) {
    if (signedOut.includes(code)) return sentences.signedOut
    return plain[code] ?? message ?? detail ?? sentences.unknown
  }

  /** A link to where somebody signs in or confirms that it is them, and back to this page. */
  function offer(form, { address, text }) {
    const url = URL.parse(address, location.href)
    if (url?.origin !== location.origin) return
    url.searchParams.set('return_to', location.pathname + location.search)
    const link = Object.assign(document.createElement('a'), { href: url.href, textContent: text })
    regionOf(form).append(' ', link)
  }

  function markField(form, { path = '', message = '' }) {
    const field = form.elements.namedItem(String(path).split('/').pop())
    if (!(field instanceof HTMLElement)) return undefined
    const hint = field.closest('.field')?.querySelector('.hint')
    field.ariaInvalid = 'true'
    if (hint) {
      hint.dataset.usual ??= hint.textContent
      hint.textContent = message.charAt(0).toUpperCase() + message.slice(1)
    }
    return field
  }

  function clearFaults(form) {
    say(form, '')
    for (const field of form.elements) field.ariaInvalid = null
    for (const hint of form.querySelectorAll('[data-usual]')) hint.textContent = hint.dataset.usual
  }

  /** Puts a sentence into the live region of a form or a card, which screen readers announce. */
  function say(form, sentence) {
    regionOf(form).textContent = sentence
  }

  function regionOf(form) {
    const there = form.querySelector('[aria-live]')
    if (there) return there
    const region = document.createElement('p')
    Object.assign(region, { className: 'notice notice-bad', ariaLive: 'assertive' })
    form.append(region)
    return region
  }

  function setBusy(form, submitter, busy) {
    form.ariaBusy = busy ? 'true' : null
    submitter?.setAttribute('aria-disabled', String(busy))
  }

  function showFlash() {
    const sentence = sessionStorage.getItem(FLASH)
    const region = document.getElementById('done')
    if (!sentence || !region) return
    sessionStorage.removeItem(FLASH)
    region.textContent = sentence
  }
}
