/**
 * The circuit breaker's row: read, and written by compare-and-set.
 *
 * Who may change it locks it first, before any message: claims, marks and evidence then all take
 * their locks in one order. A closed breaker with nothing to forget costs no lock.
 *
 * **Source** — delivery protocol 1.1 (G); rules: core's Breaker.
 */
import * as Effect from "effect/Effect"
import { Breaker, type CarrierHeard, type Delivery } from "../Core.ts"
import * as P from "../Parameters.ts"
import type { Store } from "./Store.ts"

/** The breaker as its columns, and the database's time. */
export interface CircuitRow {
  readonly breaker: Breaker.Breaker["state"]
  readonly breaker_failures: number
  readonly breaker_until: Date | null
  readonly breaker_version: bigint
  readonly clock: Date
}

/** The columns of `CircuitRow`. */
export const columns = `breaker, breaker_failures, breaker_until, breaker_version,
  clock_timestamp() AS clock`

export const fromRow = (row: Omit<CircuitRow, "clock">): Breaker.Breaker => ({
  state: row.breaker,
  failures: row.breaker_failures,
  untilMs: P.msOrNull(row.breaker_until),
  version: Number(row.breaker_version)
})

const policyOf = (context: Delivery.DeliveryContext) => context.breaker ?? Breaker.defaults

/** What the breaker of a row lets pass, by the database's time. */
export const passageOf = (row: CircuitRow, context: Delivery.DeliveryContext): Breaker.Passage =>
  Breaker.passage(fromRow(row), P.ms(row.clock), policyOf(context))

/** What may be marked in this transaction; the row of a breaker that is not closed stays locked. */
export const enter = Effect.fnUntraced(function* (
  { program, sql }: Store,
  context: Delivery.DeliveryContext
) {
  const rows = yield* sql<CircuitRow>`
    SELECT ${sql.literal(columns)} FROM program_state
    WHERE program = ${program} AND breaker <> 'closed'
    FOR NO KEY UPDATE`
  const row = rows[0]
  const free: Breaker.Passage = { _tag: "Free" }
  return row === undefined ? free : passageOf(row, context)
})

/** Writes a transition where it still holds. */
export const write = ({ program, sql }: Store, { expected, next }: Breaker.Change) =>
  sql`
    UPDATE program_state SET breaker = ${next.state},
      breaker_failures = ${P.integer(next.failures)}, breaker_until = ${P.instant(next.untilMs)},
      breaker_version = ${P.bigint(BigInt(next.version))}
    WHERE program = ${program} AND breaker_version = ${P.bigint(BigInt(expected))}`

/** What one request told about the carrier. */
export const hear = Effect.fnUntraced(function* (
  store: Store,
  heard: CarrierHeard | undefined,
  context: Delivery.DeliveryContext
) {
  if (heard === undefined) return
  const { program, sql } = store
  const rows = yield* sql<CircuitRow>`
    SELECT ${sql.literal(columns)} FROM program_state
    WHERE program = ${program}
      AND (${heard === "failure"} OR breaker <> 'closed' OR breaker_failures > 0)
    FOR NO KEY UPDATE`
  const row = rows[0]
  if (row === undefined) return
  const breaker = fromRow(row)
  const change =
    heard === "answer"
      ? Breaker.onAnswer(breaker)
      : Breaker.onFailure(breaker, P.ms(row.clock), policyOf(context))
  if (change !== undefined) yield* write(store, change)
})
