export { ACCOUNT_PAGE } from './account-page.ts'
export type { WebDeps } from './web.ts'
export { webFeature } from './web.ts'
