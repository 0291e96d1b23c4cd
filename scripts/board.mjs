// The security board: which rows of test/board/rows.csv the last recorded run proved.
//   npm run board                  prints it; exit 1 when a row was green and is not any more
//   npm run board -- --accept      keeps the present greens as the new floor
//   npm run board -- --due         lists the rows that are due and not green
import { underNode24 } from './under-node-24.mjs'

await underNode24('npm run board', () => import('./board/print-board.mjs'))
