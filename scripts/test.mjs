// Runs the repository's tests under the pinned Node:
//   npm test                       every *.test.ts
//   npm run test:long              every *.long.test.ts
//   npm test -- --only identity    the files whose path contains "identity"
//   npm test -- --times            says what each file cost
//   npm test -- --coverage         keeps which lines ran, for `npm run coverage -- --report`
//   npm test -- --no-skips         a skipped test counts as a failure (what CI uses)
import { underNode24 } from './under-node-24.mjs'

await underNode24('npm test', () => import('./test-run/run-suite.mjs'))
