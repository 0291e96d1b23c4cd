/** What a job throws that no further attempt can help: it is dead at once, with this reason. */
export class PermanentFailure extends Error {
  override readonly name = 'PermanentFailure'
}
