/** How each package manager begins the lines that tell of a fault. */
const FAULTS: readonly RegExp[] = [
  // npm: `npm error 404 Not Found - GET …`
  /^npm (?:error|ERR!) ?(.*)$/,
  // pnpm: `ERR_PNPM_FETCH_404  GET …: Not Found - 404`
  /^(?:\S+ )?\s*(ERR_PNPM_.*)$/,
  // Yarn: `➤ YN0035: │ nope@npm:*: Package not found`; YN0000 only counts steps.
  /^➤ (YN(?!0000)\d{4}: .*)$/,
  // Bun, and Yarn 1: `error: …`
  /^error:? (.*)$/,
]

/** Says nothing by itself: npm's codes, the places of files, the address of its log. */
const IDLE =
  /^(?:code|errno|syscall|path|dest|host)\b|^(?:A complete log|command failed$|\d{3}$)|^$/

/** Colours, which a program writes even where nobody sees them. */
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')
const LONGEST = 300

/**
 * The line that says what was wrong, of all that a package manager printed. Its first word on the matter
 * is the cause, and what follows is consequences and advice.
 * @returns undefined when it printed nothing
 */
export function installFault(said: string): string | undefined {
  const lines = said
    .replaceAll(COLOURS, '')
    .split('\n')
    .map((line) => line.trim())
  for (const fault of FAULTS) {
    const told = lines.flatMap((line) => fault.exec(line)?.[1]?.trim() ?? [])
    const first = told.find((text) => !IDLE.test(text))
    if (first !== undefined) return shortened(first)
  }
  const last = lines.findLast((line) => line !== '')
  return last === undefined ? undefined : shortened(last)
}

function shortened(text: string): string {
  return text.slice(0, LONGEST).replace(/\.$/, '')
}
