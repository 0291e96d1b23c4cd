const LISTENER = Symbol.for('plinth.declared')

/**
 * Tells a tool which route or mount is being declared, at the moment when the stack still shows where:
 * `plinth why` prints that file and line. Nobody listens in a running service.
 */
export function tellDeclared(declared: object): void {
  const listener: unknown = Reflect.get(globalThis, LISTENER)
  if (typeof listener === 'function') listener(declared)
}
