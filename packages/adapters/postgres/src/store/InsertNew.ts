/** Rows that are almost certainly new, written without looking for each of their keys first. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import { isDuplicate } from "../classifyError.ts"
import { affected, type Store } from "./Store.ts"

/**
 * How many rows a statement inserted. `write` is given what goes to its end: first nothing, which
 * takes a third less than looking; where a key was there after all the savepoint takes the rows
 * back, and they are written again as they are missing. To be run in a transaction.
 */
export const insertNew = (
  { sql }: Store,
  write: (onConflict: string) => Effect.Effect<unknown, SqlError>
): Effect.Effect<number, SqlError> =>
  sql.withTransaction(write("")).pipe(
    Effect.catchIf(isDuplicate, () => write(lookFirst)),
    Effect.map(affected)
  )

export const lookFirst = "ON CONFLICT DO NOTHING"
