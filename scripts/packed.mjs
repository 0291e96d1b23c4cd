// Builds and packs the packages as they are published:  npm run packed -- <folder>
//   --only plinth    that package alone; may be given more than once
//   --kept           takes tarballs of an earlier run when no source has changed since
import { underNode24 } from './under-node-24.mjs'

await underNode24('npm run packed', () => import('./pack/pack-into.mjs'))
