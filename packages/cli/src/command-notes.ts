/** What is to be known of a command beside what citty keeps of it. */
export interface CommandNote {
  /** Whole command lines that work as they stand, or with names of one's own. */
  readonly examples: readonly string[]
  /** What the options alone do not tell, before the examples. */
  readonly explains?: string
  /**
   * Whether it changes files, a database or what runs: then it has `--dry-run`, or says why not. A test
   * runs every command that says false, and every other with `--dry-run`, and finds nothing changed.
   */
  readonly writes: boolean | { readonly noDryRun: string }
  /** Its result is not for programs: it goes on until it is stopped, or prints a text as it is. */
  readonly noJson?: string
}

const FIELDS = `A field is name:type, then any of ? optional, ! unique, # index, ~ search; then =default; then
after a space a description. Quote a field that holds ( ) ? ! # ~ or a space.

Types: string string(80) string(3..40) text int int(0..) money money(0..) bigint decimal(10,2) float
bool date datetime uuid enum(a,b) json list ref(category) ref(category,cascade)
`

const RUNS = 'it runs until it is stopped'
const STARTS = { noDryRun: 'plinth dev start-env --dry-run says what it would start' }

/** By path: `dev status`. Groups are listed by what is below them. */
export const commandNotes: Readonly<Record<string, CommandNote>> = {
  new: {
    examples: ['plinth new my-shop', 'plinth new my-shop --yes --tenancy organisations'],
    writes: true,
  },
  'entity add': {
    explains: FIELDS,
    examples: [
      "plinth entity add Product name:string price:money stock:int=0 'category:text?'",
      "plinth entity add Review 'product_id:ref(product,cascade)' 'stars:int(1..5)#'",
      'plinth entity add Product                 asks for the fields',
      'plinth entity add --from product.json     or - for the standard input',
    ],
    writes: true,
  },
  'entity ls': { examples: ['plinth entity ls', 'plinth entity ls --json'], writes: false },
  'entity rm': {
    examples: ['plinth entity rm Product', 'plinth entity rm Product --dry-run'],
    writes: true,
  },
  'entity expand': {
    examples: ['plinth entity expand Product list', 'plinth entity expand Product update'],
    writes: true,
  },
  'entity field add': {
    explains: FIELDS,
    examples: ["plinth entity field add Product 'weight:decimal(10,2)? In kilograms'"],
    writes: true,
  },
  'entity field rename': {
    examples: ['plinth entity field rename product cost price'],
    writes: true,
  },
  'entity field rm': {
    examples: ['plinth entity field rm product weight --dry-run'],
    writes: true,
  },
  sync: { examples: ['plinth sync', 'plinth sync --check'], writes: true },
  dev: { examples: ['plinth dev', 'plinth dev --port 9000'], noJson: RUNS, writes: STARTS },
  'dev start-env': {
    examples: ['plinth dev start-env', 'plinth dev start-env --provider keycloak'],
    writes: true,
  },
  'dev start-server': {
    examples: ['plinth dev start-server --no-reload'],
    noJson: RUNS,
    writes: STARTS,
  },
  'dev status': { examples: ['plinth dev status --json'], writes: false },
  'dev logs': { examples: ['plinth dev logs server --follow'], noJson: RUNS, writes: false },
  'dev stop': {
    examples: ['plinth dev stop'],
    writes: { noDryRun: 'plinth dev status shows what it would stop' },
  },
  'init-db': { examples: ['plinth init-db --dry-run'], writes: true },
  'db setup': {
    examples: ['plinth db setup --admin-url postgresql://postgres:secret@localhost/shop --dry-run'],
    writes: true,
  },
  'db revision': {
    examples: ['plinth db revision -m "products have a weight"', 'plinth db revision --check'],
    writes: true,
  },
  'db upgrade': { examples: ['plinth db upgrade', 'plinth db upgrade --dry-run'], writes: true },
  'db migrate': { examples: ['plinth db migrate'], writes: true },
  'db downgrade': { examples: ['plinth db downgrade --dry-run'], writes: true },
  'db current': { examples: ['plinth db current --json'], writes: false },
  'db history': { examples: ['plinth db history'], writes: false },
  'db heads': { examples: ['plinth db heads'], writes: false },
  'db renumber': { examples: ['plinth db renumber 0003_add_weight --dry-run'], writes: true },
  'db stamp': { examples: ['plinth db stamp head --dry-run'], writes: true },
  'db check': { examples: ['plinth db check'], writes: false },
  'db url': { examples: ['plinth db url', 'plinth db url --reveal'], writes: false },
  'db reset': { examples: ['plinth db reset --dry-run'], writes: true },
  'db pull': { examples: ['plinth db pull'], writes: false },
  'db seed': { examples: ['plinth db seed --dry-run'], writes: true },
  'db dump': {
    examples: ['plinth db dump', 'plinth db dump --data --out dump.sql --dry-run'],
    writes: true,
    noJson: 'it prints SQL',
  },
  'config explain': {
    examples: ['plinth config explain', 'plinth config explain database'],
    writes: false,
  },
  'config check': { examples: ['plinth config check --environment production'], writes: false },
  seed: {
    explains: `It makes what is missing and leaves the rest as it is, so it may run before the first sign-in or
after it, and as often as you like. Whoever it makes sets a password by "forgot password".
`,
    examples: [
      'plinth seed --admin-email ana@example.com',
      'plinth seed --admin-email ana@example.com --tenant acme --dry-run',
    ],
    writes: true,
  },
  'platform grant': { examples: ['plinth platform grant ana@example.com --dry-run'], writes: true },
  'platform revoke': {
    examples: ['plinth platform revoke ana@example.com --dry-run'],
    writes: true,
  },
  'platform ls': { examples: ['plinth platform ls'], writes: false },
  'people ls': { examples: ['plinth people ls', 'plinth people ls --email ana'], writes: false },
  'people import': {
    examples: [
      'plinth people import people.csv --from csv --dry-run',
      'plinth people import realm.json --from keycloak --tenant acme',
    ],
    writes: true,
  },
  'people export': {
    examples: [
      'plinth people export --hashes --out people.ndjson',
      'plinth people export --person ana@example.com --out ana.json',
    ],
    writes: { noDryRun: 'it writes one new file, and never over another' },
  },
  'people disable': { examples: ['plinth people disable ana@example.com --dry-run'], writes: true },
  'people enable': { examples: ['plinth people enable ana@example.com'], writes: true },
  'people erase': {
    examples: [
      'plinth people erase ana@example.com --dry-run',
      'plinth people erase ana@example.com --yes',
    ],
    writes: true,
  },
  'keys create': {
    examples: [
      'plinth keys create --tenant acme --owner ana@example.com --name laptop --scopes product:read',
      "plinth keys create --tenant acme --owner ci --account --type service --name deploy --scopes 'product:*'",
    ],
    writes: true,
  },
  'keys ls': { examples: ['plinth keys ls --tenant acme'], writes: false },
  'keys rotate': {
    examples: ['plinth keys rotate 0198d4c8-5b1c-7c3e-9f41-2f6c2a3f4b5d --overlap 3600'],
    writes: true,
  },
  'keys revoke': {
    examples: ['plinth keys revoke 0198d4c8-5b1c-7c3e-9f41-2f6c2a3f4b5d --dry-run'],
    writes: true,
  },
  'keys import': { examples: ['plinth keys import keys.json --dry-run'], writes: true },
  'clients add': {
    explains: `A client gets access tokens at /oauth/token (client_credentials) and acts as a service account.
`,
    examples: [
      'plinth clients add --tenant acme --owner ci --account --name nightly --scopes product:read',
      'plinth clients add --tenant acme --owner ci --name nightly --scopes product:read --keys jwks.json',
    ],
    writes: true,
  },
  'clients ls': { examples: ['plinth clients ls --tenant acme'], writes: false },
  'clients rotate': {
    examples: ['plinth clients rotate 0198d4c8-5b1c-7c3e-9f41-2f6c2a3f4b5d --overlap 3600'],
    writes: true,
  },
  'clients revoke': {
    examples: ['plinth clients revoke 0198d4c8-5b1c-7c3e-9f41-2f6c2a3f4b5d --dry-run'],
    writes: true,
  },
  check: { examples: ['plinth check', 'plinth check --only types,attack --json'], writes: false },
  attack: {
    examples: ['plinth attack', 'plinth attack --only /products', 'plinth attack --json'],
    writes: false,
  },
  why: {
    examples: ['plinth why GET /api/v1/products', 'plinth why /api/v1/products/:id --json'],
    writes: false,
  },
  routes: { examples: ['plinth routes', 'plinth routes --json'], writes: false },
  openapi: { examples: ['plinth openapi', 'plinth openapi --check'], writes: false },
  doctor: { examples: ['plinth doctor', 'plinth doctor --production --json'], writes: false },
  update: { examples: ['plinth update --check', 'plinth update --dry-run'], writes: true },
  eject: { examples: ['plinth eject web --dry-run'], writes: true },
  completion: {
    examples: ['source <(plinth completion bash)', 'plinth completion fish | source'],
    noJson: 'it prints a script',
    writes: false,
  },
  version: { examples: ['plinth version', 'plinth version --json'], writes: false },
}
