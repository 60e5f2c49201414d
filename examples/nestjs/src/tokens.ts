/** Interfaces have no value Nest could inject by: these name their providers. */
export const STORE = Symbol("Store")
export const TIDEMARK = Symbol("Tidemark")
