/** What every verb of one program's store works with. */
import type { Secrets } from "../Core.ts"
import type { Executor } from "../Executor.ts"
import type { Witness } from "../Witness.ts"

export interface Store extends Executor {
  readonly program: string
  readonly schema: string
  readonly secrets: Secrets["Service"]
  /** Months whose partition is known to be there. */
  readonly partitions: Set<string>
  /** Knows from outside which life of the database is ours; `undefined`: nobody does. */
  readonly witness: Witness | undefined
}

/** How many rows a statement run with `.raw` inserted, updated or deleted. */
export const affected = (result: unknown): number => {
  if (typeof result !== "object" || result === null || !("rowCount" in result)) return 0
  return typeof result.rowCount === "number" ? result.rowCount : 0
}
