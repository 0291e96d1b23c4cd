import { type Feature, feature, type PageAnswer } from '../feature/index.ts'
import { assetRoute, readAssets } from './assets.ts'
import type { PageLink, PageParts } from './layout.ts'
import { renderDocument } from './layout.ts'
import { type ProblemView, problemContent, problemHeading } from './problem-page.ts'

/** What a service says about its pages. */
export interface PagesOptions {
  /** Name of the service: in the header and in every title. */
  readonly service: string
  /** Language of the pages' text, BCP 47; `en` by default. */
  readonly language?: string
  /** Links in the header. */
  readonly links?: readonly PageLink[]
  /** Path of the page where people see their own accounts and sessions; their name leads there. */
  readonly account?: string
}

/** The HTML side of a service. All three functions return a whole document as text. */
export interface Pages {
  /** The stylesheet, the script and the icon. */
  readonly feature: Feature
  render(page: PageParts): string
  /** Puts what a `page()` rendered into the layout. */
  renderPage(answer: PageAnswer): string
  /** An error as a page, for requests that prefer HTML. */
  renderProblemPage(problem: ProblemView): string
}

/** Builds the layout once; reads the three asset files, so call it at start. */
export function createPages(options: PagesOptions): Pages {
  const { service, language = 'en', links = [], account } = options
  const assets = readAssets()
  const frame = { service, language, links, account, assets }
  const render = (page: PageParts) => renderDocument(frame, page)
  return {
    feature: feature('pages', { routes: [assetRoute(assets)] }),
    render,
    renderPage: ({ title, content, context }) =>
      render({
        title,
        content,
        nonce: context.nonce,
        csrfToken: context.csrfToken,
        person: context.principal?.person,
        personName: context.principal?.name,
      }),
    renderProblemPage: (problem) =>
      render({
        title: problemHeading(problem),
        content: problemContent(problem),
        nonce: problem.nonce,
      }),
  }
}
