/**
 * Goes on with a value: at once when it is there, later when it is promised. What most requests find in
 * memory then costs no turn of the event loop.
 */
export function whenThere<T, R>(
  value: T | PromiseLike<T>,
  go: (value: T) => R | Promise<R>,
): R | Promise<R> {
  return isPromised(value) ? Promise.resolve(value).then(go) : go(value)
}

/** Whether a value is promised: by whatever has a `then`, as `await` sees it. */
export function isPromised<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  if (typeof value !== 'object' || value === null) return false
  return typeof (value as Partial<PromiseLike<T>>).then === 'function'
}
