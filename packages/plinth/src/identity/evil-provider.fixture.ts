export type { EvilProvider, EvilSays as Evil } from '../testing/evil-provider/index.ts'
export { startEvilProvider } from '../testing/evil-provider/index.ts'
