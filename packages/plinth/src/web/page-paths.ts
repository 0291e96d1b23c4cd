/** Where people sign in. */
export const SIGN_IN_PAGE = '/auth/sign-in'
/** Where they make an account. */
export const SIGN_UP_PAGE = '/auth/sign-up'
/** Where they ask for a link to set a new password. */
export const FORGOT_PAGE = '/auth/forgot-password'
