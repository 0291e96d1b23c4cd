export { open, permissions, signedIn } from './access/index.ts'
export { feature, html, job, mount, page, resource, route } from './feature/index.ts'
export { problem } from './kernel/index.ts'
