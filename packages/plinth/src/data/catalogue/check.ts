/** One thing that must hold in the catalogue of a database. */
export interface CatalogueCheck {
  /** Row of the test matrix that it answers. */
  readonly row: string
  /**
   * Answers one row with a column `fault` for each fault. `subject` names the tables of the
   * database with their group; see tables.ts.
   */
  readonly sql: string
}
