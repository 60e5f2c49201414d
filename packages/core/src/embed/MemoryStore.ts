/** The store of first steps, without Effect in its type. */
import type { Store } from "./Store.ts"
import * as StoreParts from "./StoreParts.ts"

/**
 * A store in memory: nothing outlives the process. For tests and first steps; with a carrier that
 * really sends `Tidemark.open` refuses it.
 */
export const memory = (): Store => StoreParts.memory()
