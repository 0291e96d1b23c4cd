/** The column of a row's words. Not declared, so never selected. */
export const SEARCH_COLUMN = 'search_doc'
