import { plainSentence } from './plain-sentence.ts'

/** What a person reads when a command cannot do its work: one sentence, with the next step in it. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** 1: it failed; 2: it was asked in a way, or in a place, where it cannot work. */
  readonly exitCode: 1 | 2

  constructor(sentence: string, exitCode: 1 | 2 = 1, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.exitCode = exitCode
  }
}

/** A command, option or place that does not fit: exit code 2. */
export function misuse(sentence: string): CliError {
  return new CliError(sentence, 2)
}

/** What failed, for a program that asked for JSON. */
export interface ErrorFacts {
  readonly message: string
  readonly exit_code: 1 | 2
}

/** Sentence and exit code of whatever was thrown. */
export function errorFacts(error: unknown): ErrorFacts {
  return {
    message: plainSentence(error),
    exit_code: error instanceof CliError ? error.exitCode : 1,
  }
}
