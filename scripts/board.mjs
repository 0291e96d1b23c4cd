// The security board: which rows of test/board/rows.csv the last recorded run proved.
//   npm run board                  prints it; exit 1 when a row was green and is not any more
//   npm run board -- --accept      keeps the present greens as the new floor
//   npm run board -- --due         lists the rows that are due and not green
const NEEDED = 24

// What follows is TypeScript in part, which an older Node cannot even read.
if (Number(process.versions.node.split('.')[0]) >= NEEDED) await import('./board/print-board.mjs')
else {
  process.stderr.write(
    `This needs Node ${NEEDED} or newer, and this is ${process.version}; \`npm run board\` goes on under the Node that the repository pins.\n`,
  )
  process.exitCode = 2
}
