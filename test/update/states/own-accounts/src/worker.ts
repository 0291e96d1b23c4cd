import { start } from 'plinth'
import { registry } from './generated/registry.ts'

await start({ features: registry, run: 'worker' })
