// Loaded into every process of tests before anything else: whatever reaches for the prototype of all objects or of all
// arrays fails where it does so, with a stack, instead of changing what some later line reads (HI-14).

/** Libraries set `toString` and the like on objects and classes of their own: that goes on, below the prototype. */
function settableBelow(prototype, name) {
  const { value, writable, enumerable } = Object.getOwnPropertyDescriptor(prototype, name)
  if (writable !== true) return
  Object.defineProperty(prototype, name, {
    configurable: false,
    enumerable,
    get: () => value,
    set(own) {
      if (this === prototype)
        throw new TypeError(`${String(name)} of all objects is frozen in tests`)
      const plain = { value: own, writable: true, enumerable: true, configurable: true }
      Object.defineProperty(this, name, plain)
    },
  })
}

for (const name of Reflect.ownKeys(Object.prototype)) settableBelow(Object.prototype, name)
Object.freeze(Object.prototype)
// Not frozen, as tests replace `push` of an array of theirs; and engines have fast ways for arrays that are as ever.
Object.preventExtensions(Array.prototype)
