export type { DocsOptions } from './docs-feature.ts'
export { docsFeature } from './docs-feature.ts'
export type { DocumentInfo, OpenApiDocument } from './document.ts'
export { registerOpenApi, renderOpenApi } from './register.ts'
