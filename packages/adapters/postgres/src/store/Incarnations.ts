/**
 * Which life of the database this is, and whether the witness outside knows it.
 *
 * **Source** — delivery protocol 1.4; rules: core's Incarnation.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import { Incarnation, type LedgerView, ProgramStoreError } from "../Core.ts"
import type { Store } from "./Store.ts"

/**
 * The cluster's identifier is joined by the database's and the table's own: a dump that is loaded
 * into the cluster it came from has new ones.
 */
export const ofDatabase = (
  store: Store
): Effect.Effect<Incarnation.Incarnation, SqlError | ProgramStoreError> =>
  Effect.flatMap(
    store.sql<Incarnation.Incarnation>`
      SELECT control.system_identifier || '/' || d.oid || '/' || 'program_state'::regclass::oid
          AS "systemIdentifier",
        ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer AS timeline,
        s.incarnation::integer AS number
      FROM pg_control_system() AS control
      CROSS JOIN (SELECT oid FROM pg_database WHERE datname = current_database()) AS d
      CROSS JOIN program_state s
      WHERE s.program = ${store.program}`,
    ([row]) =>
      row === undefined
        ? Effect.fail(
            new ProgramStoreError({ reason: "Corrupt", detail: "the program has no state row" })
          )
        : Effect.succeed(row)
  )

/** What the witness says of the database. */
export const standing = Effect.fnUntraced(function* (
  store: Store
): Effect.fn.Return<Exclude<LedgerView["witness"], "unreadable">, SqlError | ProgramStoreError> {
  if (store.witness === undefined) return "none"
  const database = yield* ofDatabase(store)
  return Incarnation.mismatch(database, yield* store.witness.read) ?? "agrees"
})

/** The same for who only looks: a witness that cannot be read stops nothing else. */
export const seen = (
  store: Store
): Effect.Effect<LedgerView["witness"], SqlError | ProgramStoreError> =>
  Effect.catchIf(
    standing(store),
    (error) => error._tag === "ProgramStoreError" && error.reason === "Restored",
    () => Effect.succeed("unreadable" as const)
  )

const words: Readonly<Record<Incarnation.Mismatch, string>> = {
  UNWITNESSED: "has no witness yet",
  OTHER_SYSTEM: "is not the one the witness knows: a dump was loaded, or it is another server",
  OTHER_TIMELINE: "was restored, or a standby was promoted",
  OTHER_NUMBER: "is of an earlier life than the witness knows"
}

/** Refuses to claim or mark in a database the witness does not know. Without a witness, passes. */
export const confirm = Effect.fnUntraced(function* (store: Store) {
  const found = yield* standing(store)
  if (found === "none" || found === "agrees") return
  const detail =
    `the database ${words[found]}; nothing is sent until two people have run ` +
    "`tidemark restore confirm`"
  return yield* Effect.fail(new ProgramStoreError({ reason: "Restored", detail }))
})
