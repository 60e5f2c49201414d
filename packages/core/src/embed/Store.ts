/** Where the program keeps what it knows: an opaque value that an adapter makes. */

/** Names what is inside; only `StoreParts` looks there. */
export const StoreContent: unique symbol = Symbol.for("@tidemark/core/embed/Store")

/**
 * Made by `postgres({ pool })` or `embedded({ directory })` of `@tidemark/postgres`, or by
 * `memory()` of this package; given to `Tidemark.open`.
 */
export interface Store {
  readonly [StoreContent]: unknown
}
