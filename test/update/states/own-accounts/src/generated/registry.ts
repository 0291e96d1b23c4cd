// Made by `plinth sync` from the features that modules of src/ export: do not edit, but commit it.
import type { Feature } from 'plinth/feature'
import { productFeature } from '../entities/product/product.ts'
import { home } from '../pages/home.ts'

/** Every feature of this service. */
export const registry: readonly Feature[] = [
  // One a line, so that branches merge.
  productFeature,
  home,
]
