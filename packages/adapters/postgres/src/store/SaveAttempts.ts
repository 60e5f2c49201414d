/** The attempts of a batch that changed: new rows in one statement, the others in another. */
import type { PgTypes } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import { Attempt } from "../Core.ts"
import * as P from "../Parameters.ts"
import type { AttemptSide, Loaded } from "./LoadedNotification.ts"
import type { Store } from "./Store.ts"

interface ChangedAttempt {
  readonly notificationId: string
  readonly attempt: Attempt.Attempt
  readonly side: AttemptSide
  /** `undefined` for a row that is new. */
  readonly before: Attempt.Attempt | undefined
}

const changedAttempts = (rows: ReadonlyArray<Loaded>): ReadonlyArray<ChangedAttempt> => {
  const all: Array<ChangedAttempt> = []
  for (const row of rows) {
    const { attempts } = row.notification
    for (let i = 0; i < attempts.length; i++) {
      const attempt = attempts[i]
      const side = row.sides[i]
      const before = row.before.attempts[i]
      if (attempt === undefined || side === undefined || attempt === before) continue
      all.push({ notificationId: row.notificationId, attempt, side, before })
    }
  }
  return all
}

/** A column: its type, its values over the rows, and whether an event changed it in one of them. */
interface Column {
  readonly name: string
  readonly type: string
  readonly values: (all: ReadonlyArray<ChangedAttempt>) => PgTypes.Parameter
  readonly isChanged: (changed: ChangedAttempt) => boolean
}

const column = <A>(
  name: string,
  type: string,
  encode: (values: ReadonlyArray<A>) => PgTypes.Parameter,
  value: (attempt: Attempt.Attempt) => A
): Column => ({
  name,
  type,
  values: (all) => encode(all.map(({ attempt }) => value(attempt))),
  isChanged: ({ attempt, before }) => before === undefined || value(attempt) !== value(before)
})

/** What the store keeps beside the rules' values is changed in place: it is always written. */
const sideColumn = <A>(
  name: string,
  type: string,
  encode: (values: ReadonlyArray<A>) => PgTypes.Parameter,
  value: (side: AttemptSide) => A
): Column => ({
  name,
  type,
  values: (all) => encode(all.map(({ side }) => value(side))),
  isChanged: () => true
})

const columns: ReadonlyArray<Column> = [
  column("state", "text", P.texts, (row) => row.state),
  column("ambiguous", "boolean", P.booleans, (row) => row.ambiguous),
  column("key_closed", "boolean", P.booleans, (row) => row.keyClosed),
  column("escalated", "boolean", P.booleans, (row) => row.escalated),
  column("key_generation", "integer", P.integers, (row) => row.keyGeneration),
  column("replays", "integer", P.integers, (row) => row.replays),
  column("parts", "integer", P.integers, (row) => row.parts),
  column("due_at", "timestamptz", P.instants, (row) => row.dueMs),
  column("first_mark_at", "timestamptz", P.instants, (row) => row.firstMarkMs),
  column("valid_until", "timestamptz", P.instants, (row) => row.validUntilMs),
  column("negative_at", "timestamptz", P.instants, (row) => row.negativeMs),
  column("unknown_since", "timestamptz", P.instants, (row) => row.unknownSinceMs),
  column("carrier_message_id", "text", P.texts, (row) => row.carrierMessageId),
  column("failure_category", "text", P.texts, (row) => row.failure?.category ?? null),
  column("failure_disposition", "text", P.texts, (row) => row.failure?.disposition ?? null),
  column("failure_code", "text", P.texts, (row) => row.failure?.code ?? null),
  column("seen", "smallint[]", P.texts, (row) => `{${row.seen.join(",")}}`),
  column("outcome", "text", P.texts, Attempt.outcome),
  sideColumn("accepted_at", "timestamptz", P.instants, (side) => side.acceptedMs),
  sideColumn("asked_at", "timestamptz", P.instants, (side) => side.askedMs),
  sideColumn("poll_at", "timestamptz", P.instants, (side) => side.pollMs),
  sideColumn("fence", "bigint", P.bigints, (side) => side.fence),
  sideColumn("lease_until", "timestamptz", P.instants, (side) => side.leaseUntilMs),
  sideColumn("batch_id", "text", P.texts, (side) => side.batchId)
]

/** The rows `t` of these columns, after their keys; arrays travel as texts. */
const rowsOf = (
  { sql }: Store,
  used: ReadonlyArray<Column>,
  all: ReadonlyArray<ChangedAttempt>
): Fragment => {
  const ids = P.texts(all.map((row) => row.notificationId))
  const ns = P.integers(all.map(({ attempt }) => attempt.n))
  let arrays: Fragment = sql`${ids}::text[], ${ns}::integer[]`
  for (const { type, values } of used) {
    const element = type.endsWith("[]") ? "text" : type
    arrays = sql`${arrays}, ${values(all)}::${sql.literal(element)}[]`
  }
  const names = used.map(({ name }) => `, ${name}`).join("")
  return sql`unnest(${arrays}) AS t(notification_id, n${sql.literal(names)})`
}

const read = ({ name, type }: Column): string =>
  type.endsWith("[]") ? `t.${name}::${type}` : `t.${name}`

/**
 * New rows are inserted, others updated in the columns that an event changed; bytes of an attempt
 * that was proven not sent are wiped. The notifications are locked: nobody adds the same row.
 */
export const saveAttempts = Effect.fnUntraced(function* (
  store: Store,
  rows: ReadonlyArray<Loaded>
): Effect.fn.Return<void, SqlError> {
  const all = changedAttempts(rows)
  const added = all.filter(({ before }) => before === undefined)
  const changed = all.filter(({ before }) => before !== undefined)
  if (added.length > 0) yield* insert(store, added)
  if (changed.length > 0) yield* update(store, changed)
})

const insert = (store: Store, all: ReadonlyArray<ChangedAttempt>) => {
  const { sql } = store
  return sql`
    INSERT INTO attempt (program, notification_id, n,
      ${sql.literal(columns.map(({ name }) => name).join(", "))})
    SELECT ${store.program}, t.notification_id, t.n, ${sql.literal(columns.map(read).join(", "))}
    FROM ${rowsOf(store, columns, all)}`
}

const isWiped = ({ attempt }: ChangedAttempt): boolean =>
  attempt.state === "pending" && attempt.firstMarkMs === null

const wiped = ["sealed_to", "sealed_text"]
  .map((name) => {
    const isUnsent = "t.state = 'pending' AND t.first_mark_at IS NULL"
    return `, ${name} = CASE WHEN ${isUnsent} THEN NULL ELSE a.${name} END`
  })
  .join("")

const update = (store: Store, all: ReadonlyArray<ChangedAttempt>) => {
  const { program, sql } = store
  const wipes = all.some(isWiped)
  const used = columns.filter(
    (column) =>
      (wipes && (column.name === "state" || column.name === "first_mark_at")) ||
      all.some(column.isChanged)
  )
  const assigned = used.map((column) => `${column.name} = ${read(column)}`).join(", ")
  return sql`
    UPDATE attempt a SET ${sql.literal(assigned)}${sql.literal(wipes ? wiped : "")}
    FROM ${rowsOf(store, used, all)}
    CROSS JOIN LATERAL (
      SELECT ctid FROM attempt
      WHERE program = ${program} AND notification_id = t.notification_id AND n = t.n
      OFFSET 0
    ) AS found
    WHERE a.ctid = found.ctid`
}
