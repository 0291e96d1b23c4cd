// Sends forms marked `data-action` as JSON, with the CSRF token of the page, and shows what came back.
//
//   <form data-action="POST" action="/api/v1/products" data-done="Product added.">
//
// data-action  method of the request: POST, PUT, PATCH or DELETE
// data-done    sentence to show, after the page has loaded again
// data-type    on a field: how its text becomes JSON: integer, or minor-units (12.50 becomes 1250)
//
// An empty field is left out. Where the answer says where to go (`provider_logout_url`, so that the
// person is signed out at the provider too; `authorization_url`; `return_to`), the browser goes
// there; after any other answer the page loads again.
// The file has no dependency and needs nothing from the Content-Security-Policy but its nonce.

const FLASH = 'plinth.done'

const sentences = {
  offline: 'The service did not answer. Check your connection and try again.',
  marked: 'Not saved yet: correct what is marked, then try again.',
  unknown: 'That did not work. Load the page again and repeat it.',
  signIn: 'Sign in again',
}

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

showFlash()

/** One submission: send, then either leave the page or say in the form why not. */
async function submit(form, submitter) {
  clearFaults(form)
  setBusy(form, submitter, true)
  try {
    const answer = await send(form)
    if (answer.ok) return await finish(form, answer)
    showProblem(form, await answer.json().catch(() => ({})))
  } catch {
    say(form, sentences.offline)
  }
  setBusy(form, submitter, false)
}

function send(form) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content
  const fields = fieldsOf(form)
  return fetch(form.getAttribute('action'), {
    method: form.dataset.action,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(token && { 'x-csrf-token': token }),
      ...(fields.length > 0 && { 'content-type': 'application/json' }),
    },
    ...(fields.length > 0 && { body: JSON.stringify(Object.fromEntries(fields)) }),
  })
}

/** After success: to where the answer points, else the same page, fresh. */
async function finish(form, answer) {
  if (form.dataset.done) sessionStorage.setItem(FLASH, form.dataset.done)
  const body = await answer.json().catch(() => ({}))
  const next = body.provider_logout_url ?? body.authorization_url ?? body.return_to
  const target = next ? URL.parse(next, location.href) : null
  const isWeb = target?.protocol === 'https:' || target?.protocol === 'http:'
  if (isWeb) location.assign(target.href)
  else location.reload()
}

/** The filled-in fields as names and JSON values. */
function fieldsOf(form) {
  return [...new FormData(form)]
    .filter(([, text]) => text !== '')
    .map(([name, text]) => [name, toJson(text, form.elements.namedItem(name)?.dataset?.type)])
}

/** The JSON value of a field; text that cannot be read goes as it is, for the service to refuse. */
function toJson(text, type) {
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
  say(form, wrong ? sentences.marked : problem.message || problem.detail || sentences.unknown)
  const again = faults.find(({ code }) => code === 'sign_in_again')
  if (again) offerSignIn(form, again.message)
  wrong?.focus()
}

/** A link to the sign-in that the service asks for, and back to this page. */
function offerSignIn(form, address) {
  const url = URL.parse(address, location.href)
  if (url?.origin !== location.origin) return
  url.searchParams.set('return_to', location.pathname + location.search)
  const link = document.createElement('a')
  link.href = url.href
  link.textContent = sentences.signIn
  regionOf(form).append(' ', link)
}

function markField(form, { path = '', message = '' }) {
  const field = form.elements.namedItem(String(path).split('/').pop())
  if (!(field instanceof HTMLElement)) return undefined
  const hint = field.closest('.field')?.querySelector('.hint')
  field.ariaInvalid = 'true'
  if (hint) {
    hint.dataset.usual ??= hint.textContent
    hint.textContent = message
  }
  return field
}

function clearFaults(form) {
  say(form, '')
  for (const field of form.elements) field.ariaInvalid = null
  for (const hint of form.querySelectorAll('[data-usual]')) hint.textContent = hint.dataset.usual
}

/** Puts a sentence into the form's live region, which screen readers announce. */
function say(form, sentence) {
  regionOf(form).textContent = sentence
}

function regionOf(form) {
  const there = form.querySelector('[aria-live]')
  if (there) return there
  const region = document.createElement('p')
  region.className = 'notice notice-bad'
  region.setAttribute('aria-live', 'assertive')
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
