const FEWEST_CHARACTERS = 8
const FEWEST_BITS = 80

// Compared without case and punctuation: change-me, CHANGE_ME and ChangeMe are one word.
const PLACEHOLDERS = [
  'changeme',
  'changethis',
  'changeit',
  'replaceme',
  'replacethis',
  'replacewith',
  'placeholder',
  'insertyour',
  'yoursecret',
  'yoursession',
  'yoursigning',
  'yourcsrf',
  'yourjwt',
  'yourclient',
  'yoursuper',
  'yourkey',
  'mysecret',
  'supersecret',
  'secretkey',
  'sessionsigningsecret',
  'csrfsigningsecret',
  'jwtsecret',
  'example',
  'atleast32',
  'minimum32',
  '32characters',
  '32chars',
  'devonly',
  'notforproduction',
  'insecure',
]
const WHOLE_WORDS = new Set([
  'secret',
  'password',
  'password123',
  'passwort',
  'default',
  'test',
  'todo',
  'none',
  'null',
  'token',
  'xxx',
])

/** What makes a text a bad secret, as the end of a sentence; undefined when it looks random. */
export function secretWeakness(text: string): string | undefined {
  if (isPlaceholder(text)) return 'is a placeholder, not a secret'
  if (isRepetition(text)) return 'repeats one short piece'
  if (new Set(text).size < FEWEST_CHARACTERS)
    return `uses fewer than ${FEWEST_CHARACTERS} different characters`
  if (isSequence(text)) return 'follows the alphabet or a row of digits'
  if (shannonBits(text) < FEWEST_BITS) return 'is too easy to guess'
  return undefined
}

/** Whether a text stands for a secret that nobody has filled in yet. */
export function isPlaceholder(text: string): boolean {
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (/^<.*>$|^\$?\{.*\}$/.test(text.trim()) || WHOLE_WORDS.has(plain)) return true
  return PLACEHOLDERS.some((word) => plain.includes(word))
}

function isRepetition(text: string): boolean {
  return text.length > 1 && (text + text).indexOf(text, 1) <= text.length / 2
}

function isSequence(text: string): boolean {
  let steps = 0
  for (let index = 1; index < text.length; index++) {
    if (Math.abs(text.charCodeAt(index) - text.charCodeAt(index - 1)) === 1) steps++
  }
  return steps > text.length / 2
}

// An upper bound on what guessing costs: letters drawn with the frequencies of this very text.
function shannonBits(text: string): number {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= count * Math.log2(count / text.length)
  return bits
}
