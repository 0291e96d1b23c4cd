import { productFeature } from './entities/product/product.ts'
import { home } from './pages/home.ts'

/** Everything this service is made of. */
export const features = [home, productFeature]
