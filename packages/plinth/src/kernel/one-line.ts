/**
 * Text of one line that shows what it holds: no control characters, no line ends, and nothing that
 * turns the direction of what follows around (Trojan Source, CVE-2021-42574). Joiners stay: Persian
 * names and many emoji are written with them.
 */
export const ONE_LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]*$/u
