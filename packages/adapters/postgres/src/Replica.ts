/**
 * Reads that may be a little behind, from a replica of the database: the figures of a month and the
 * list of its customers, which visit every row of the month while others work.
 *
 * **Guarantee** — everything that decides, sends or records stays on the primary; a replica is only
 * read, so that a hot standby will do.
 */
import type { PgClient } from "@effect/sql-pg"
import type { ProgramStoreVerbs } from "./Core.ts"
import * as Executor from "./Executor.ts"
import * as Figures from "./store/Figures.ts"
import * as MonthCustomers from "./store/MonthCustomers.ts"
import type { Store } from "./store/Store.ts"

/** The verbs, with a month's figures and customers read from `replica`. */
export const readFrom = (
  replica: PgClient.PgClient,
  store: Store,
  verbs: ProgramStoreVerbs
): ProgramStoreVerbs => {
  const behind: Store = { ...store, ...Executor.make(replica) }
  return {
    ...verbs,
    monthFigures: Figures.monthFigures(behind),
    monthCustomers: MonthCustomers.monthCustomers(behind)
  }
}
