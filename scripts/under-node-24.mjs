const NEEDED = 24

/**
 * Goes on with a script that is TypeScript in part, which an older Node cannot even read;
 * under one of those it says what to run instead.
 * @param {string} command what goes on under the Node that the repository pins
 * @param {() => Promise<unknown>} goOn
 */
export async function underNode24(command, goOn) {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return await goOn()
  process.stderr.write(
    `This needs Node ${NEEDED} or newer, and this is ${process.version}; \`${command}\` goes on under the Node that the repository pins.\n`,
  )
  process.exitCode = 2
}
