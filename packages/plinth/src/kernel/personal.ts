/** What stands where personal data was: in log lines, events and exports. */
export const PERSONAL = '[personal]'
