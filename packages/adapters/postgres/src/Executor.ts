/**
 * Runs statements and transactions on whichever transport is there, and lets only the port's error
 * out.
 *
 * **Guarantee** — a transaction that fails changed nothing, unless its error is `CommitUnknown`.
 * A serialization failure or a deadlock is tried again three times: nothing was written.
 */
import type { PgClient } from "@effect/sql-pg"
import { ProgramStoreError } from "./Core.ts"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { BeginTransaction } from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { classifyError, type Phase } from "./classifyError.ts"

/** What a verb's body may fail with before it is classified. */
export type StoreFailure = SqlError | ProgramStoreError

export interface Executor {
  readonly sql: PgClient.PgClient
  /** One statement, or several that need not be atomic. */
  readonly query: <A>(work: Effect.Effect<A, StoreFailure>) => Effect.Effect<A, ProgramStoreError>
  /**
   * Statements that count whole dates and months, on one snapshot: planned anew each time, by
   * hashing. A month has many rows to a key here, however new its tables are.
   */
  readonly count: <A>(work: Effect.Effect<A, StoreFailure>) => Effect.Effect<A, ProgramStoreError>
  /** All or nothing, read committed. */
  readonly transaction: <A>(
    work: Effect.Effect<A, StoreFailure>
  ) => Effect.Effect<A, ProgramStoreError>
}

const countingSettings = [
  ["enable_seqscan", "on"],
  ["enable_nestloop", "off"],
  ["plan_cache_mode", "force_custom_plan"]
]
  .map(([name, value]) => `set_config('${name}', '${value}', true)`)
  .join(", ")

export const make = (sql: PgClient.PgClient): Executor => ({
  sql,
  query: (work) =>
    Effect.catchCause(work, (cause) => Effect.failCause(classifyCause(cause, "work"))),
  count: (work) =>
    sql.withTransaction(Effect.andThen(sql`SELECT ${sql.literal(countingSettings)}`, work)).pipe(
      Effect.provideService(BeginTransaction, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
      Effect.catchCause((cause) => Effect.failCause(classifyCause(cause, "work")))
    ),
  transaction: <A>(work: Effect.Effect<A, StoreFailure>) =>
    Effect.suspend(() => {
      // What comes after the body has succeeded is the COMMIT.
      let phase: Phase = "work"
      const body = Effect.tap(work, () =>
        Effect.sync(() => {
          phase = "commit"
        })
      )
      return Effect.catchCause(sql.withTransaction(body), (cause) =>
        Effect.failCause(classifyCause(cause, phase))
      )
    }).pipe(Effect.retry({ times: 3, while: (error) => error.reason === "Conflict" }))
})

/**
 * The client dies where a rollback fails on a broken connection, so an SQL error is looked for
 * among the defects too; whatever else a cause holds (an interruption, a bug) stays as it is.
 */
const classifyCause = (
  cause: Cause.Cause<StoreFailure>,
  phase: Phase
): Cause.Cause<ProgramStoreError> => {
  let other: Cause.Cause<ProgramStoreError> = Cause.empty
  for (const reason of cause.reasons) {
    const error = Cause.isFailReason(reason)
      ? reason.error
      : Cause.isDieReason(reason)
        ? reason.defect
        : undefined
    if (isSqlError(error)) return Cause.fail(classifyError(error, phase))
    if (error instanceof ProgramStoreError) return Cause.fail(error)
    if (Cause.isFailReason(reason)) continue
    other = Cause.combine(other, Cause.fromReasons([reason]))
  }
  return other
}
