/** Address of the page that asks for consent; the web room renders it. */
export const LINK_PAGE = '/account/link'

/** Where a person answers an offer to link an account. */
export function linkPage(offer: string): string {
  return `${LINK_PAGE}?offer=${offer}`
}
