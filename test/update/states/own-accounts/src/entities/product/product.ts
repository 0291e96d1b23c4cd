import { crud, entity, feature, money } from 'plinth'
import { z } from 'zod'

/** A product. Each field is a column of `app.products`. */
export const product = entity(
  'product',
  {
    sku: z.string().trim().min(3).max(40),
    name: z.string().trim().min(1).max(200).describe('Shown on the invoice'),
    price: money().min(0).describe('In minor units: 1999 is 19.99'),
    stock: z.int32().min(0).default(0),
    status: z.enum(['draft', 'live', 'retired']).default('draft'),
  },
  { unique: [['sku']], index: [['status', 'created_at']] },
)

/** List, read, create, replace, change and delete at `/api/v1/products`. */
export const productFeature = feature('product', { entities: [product], routes: [crud(product)] })
