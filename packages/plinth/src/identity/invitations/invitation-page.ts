/**
 * Path of the page on which somebody accepts an invitation. The mail's link carries the token behind
 * `#`, which no server and no log sees, and opening it changes nothing.
 */
export const INVITATION_PAGE = '/invitation'
