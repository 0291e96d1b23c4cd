export type { WebDeps } from './web.ts'
export { webFeature } from './web.ts'
