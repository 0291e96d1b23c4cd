/**
 * Page on which somebody who is signed in proves once more that it is them, with what they have here;
 * the web room renders it.
 */
export const CONFIRM_PAGE = '/auth/confirm'
