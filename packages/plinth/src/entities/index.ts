export type { CrudOptions, Served } from './crud.ts'
export { crud } from './crud.ts'
