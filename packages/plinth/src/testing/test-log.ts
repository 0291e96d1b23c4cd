import { channel } from 'node:diagnostics_channel'

const lines = channel('plinth:test-log')

/**
 * Hands on what a service under test said, a line each. Whoever runs the tests may listen to the
 * channel `plinth:test-log` and show what was said during one that failed; nobody has to.
 */
export function handOnLogLine(line: string): void {
  lines.publish(line)
}
