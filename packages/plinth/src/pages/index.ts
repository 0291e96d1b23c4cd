export type { PageLink, PageParts } from './layout.ts'
export type { Pages, PagesOptions } from './pages.ts'
export { createPages } from './pages.ts'
export type { ProblemView } from './problem-page.ts'
