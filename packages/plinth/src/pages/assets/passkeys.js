// Asks the person's device for a passkey. Loaded by plinth.js, and only when somebody uses one.

const SENTENCES = {
  // Also when nothing was chosen in time; browsers do not say which (WebAuthn 14.5).
  NotAllowedError: 'No passkey was used. Try again, and choose a passkey when your device asks.',
  InvalidStateError:
    'This device has a passkey of yours already. Use another device, or sign in with it.',
  SecurityError: 'Passkeys do not work at this address. Open the service at its usual one.',
  NotSupportedError: 'This device cannot make a passkey that fits. Try another one.',
}
/** Milliseconds before the end of a question in which nobody finishes answering. */
const EARLY_MS = 10_000
const UNKNOWN = 'The passkey could not be used. Try again, or choose another way.'
const UNABLE = 'This browser knows no passkeys. Use another browser, or choose another way.'

/**
 * Makes a passkey, or lets one answer.
 * @param how 'create' or 'get'
 * @param options what the service asks, as JSON
 * @returns what goes to the service, as JSON
 */
export async function useDevice(how, options) {
  if (window.PublicKeyCredential === undefined) throw said(UNABLE)
  // A browser asks one thing at a time.
  offer?.abort()
  try {
    const credential =
      how === 'create'
        ? await navigator.credentials.create({ publicKey: creation(options) })
        : await navigator.credentials.get({ publicKey: request(options) })
    return json(credential)
  } catch (error) {
    throw said(SENTENCES[error.name] ?? UNKNOWN)
  }
}

let offer

/**
 * Offers passkeys in the list that the browser shows at a field for names (`autocomplete="… webauthn"`),
 * until one is chosen or asked for otherwise. The question is put anew before it is too old.
 * @param ask gets what the service asks, as JSON
 * @returns what goes to the service, as JSON; undefined where nobody chose one
 */
export async function offerInField(ask) {
  if (!(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return undefined
  offer = new AbortController()
  while (!offer.signal.aborted) {
    const options = await ask()
    const late = AbortSignal.timeout(options.timeout - EARLY_MS)
    const signal = AbortSignal.any([offer.signal, late])
    try {
      const publicKey = request(options)
      return json(await navigator.credentials.get({ publicKey, mediation: 'conditional', signal }))
    } catch {
      // Nothing is said: nobody asked for anything yet, and the button is still there.
      if (!late.aborted) return undefined
    }
  }
  return undefined
}

function said(sentence) {
  return Object.assign(new Error(sentence), { sentence })
}

function creation(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: options.excludeCredentials.map(descriptor),
  }
}

function request(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: options.allowCredentials.map(descriptor),
  }
}

function descriptor(one) {
  return { ...one, id: bytes(one.id) }
}

/** By hand, because a password manager may stand in for the browser and know no `toJSON()`. */
function json({ id, rawId, type, response }) {
  const shown = { clientDataJSON: text(response.clientDataJSON) }
  if (response.attestationObject) {
    shown.attestationObject = text(response.attestationObject)
    shown.transports = response.getTransports?.() ?? []
  } else {
    shown.authenticatorData = text(response.authenticatorData)
    shown.signature = text(response.signature)
    if (response.userHandle) shown.userHandle = text(response.userHandle)
  }
  return { id, rawId: text(rawId), type, response: shown }
}

function bytes(base64url) {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
