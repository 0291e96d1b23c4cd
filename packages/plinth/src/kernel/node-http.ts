/**
 * Node's `node:http`. An `import` of it reads each of its exports, `WebSocket` among them, and so loads
 * an HTTP client that nobody asked for: 13 MB and a tenth of a service's start.
 */
export const nodeHttp = process.getBuiltinModule('node:http')
