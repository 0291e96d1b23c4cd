// How many lines of the rooms that security rests on are run by the tests; exit 1 when a room is under the floor.
//   npm run coverage                runs the tests (and the long ones of those rooms), then says it
//   npm run coverage -- --report    says it of the last runs with --coverage, without running anything
import { underNode24 } from './under-node-24.mjs'

await underNode24('npm run coverage', () => import('./lines-run/measure.mjs'))
