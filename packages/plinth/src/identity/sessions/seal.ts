export { seal, unseal } from '../../kernel/index.ts'
