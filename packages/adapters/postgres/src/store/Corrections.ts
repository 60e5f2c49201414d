/** What a page changes of balances already known: conflicts within a run, and next revisions. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import type { RecordCapturedPage } from "../Core.ts"
import * as P from "../Parameters.ts"
import type { Page } from "./CapturedPage.ts"
import type { Store } from "./Store.ts"

/** How much a page changed of what was known. */
export interface Arrivals {
  readonly superseded: number
  readonly conflicts: number
  /** Accounts whose balance is no longer what it was. */
  readonly accounts: ReadonlyArray<string>
}

/** Nothing was known, so nothing changed. */
export const noArrivals: Arrivals = { superseded: 0, conflicts: 0, accounts: [] }

interface KnownRow {
  readonly position: bigint
  readonly revision: number
  readonly sequence: number
  readonly conflict: boolean
}

/**
 * What a page says about accounts already known for the date, where it differs: another amount in
 * the same run is a conflict, in a later run the next revision. A later run also settles a
 * conflict.
 */
export const reconcileKnown = Effect.fnUntraced(function* (
  store: Store,
  input: RecordCapturedPage,
  sequence: number,
  page: Page
) {
  const rows = yield* store.sql<KnownRow>`
    SELECT t.position, b.revision, b.sequence, b.conflict
    FROM unnest(
      ${P.texts(page.accountIds)}::text[], ${P.bigints(page.minorUnits)}::bigint[]
    ) WITH ORDINALITY AS t(account_id, minor_units, position)
    CROSS JOIN LATERAL (
      SELECT revision, sequence, conflict, minor_units FROM balance_check
      WHERE program = ${store.program} AND account_id = t.account_id
        AND business_date = ${P.date(input.businessDate)} AND superseded_at IS NULL
      OFFSET 0
    ) AS b
    WHERE b.minor_units <> t.minor_units
      OR b.conflict <> (t.position > ${P.integer(page.balances)})`
  const conflicts = new Map<string, number>()
  const next = new Map<string, { readonly at: number; readonly revision: number }>()
  let superseded = 0
  for (const row of rows) {
    const at = Number(row.position) - 1
    const accountId = page.accountIds[at] ?? ""
    if (row.sequence < sequence) {
      if (!next.has(accountId)) superseded += at < page.balances ? 1 : 0
      next.set(accountId, { at, revision: row.revision })
    } else if (!row.conflict) conflicts.set(accountId, row.revision)
  }
  if (conflicts.size > 0) {
    yield* revise(
      store,
      input,
      [...conflicts.keys()],
      [...conflicts.values()],
      store.sql`conflict = true, met = false`
    )
  }
  if (next.size > 0) yield* insertSuperseding(store, input, sequence, page, next)
  return {
    conflicts: conflicts.size + next.size - superseded,
    superseded,
    accounts: [...conflicts.keys(), ...next.keys()]
  }
})

/**
 * Changes revisions known to be there. The insert never inserts: it finds each row by its key in
 * the date's own partition, whatever the planner believes of a table that has just been filled.
 */
const revise = (
  store: Store,
  input: RecordCapturedPage,
  accountIds: ReadonlyArray<string>,
  revisions: ReadonlyArray<number>,
  change: Fragment
): Effect.Effect<unknown, SqlError> =>
  store.sql`
    INSERT INTO balance_check (program, account_id, business_date, revision, met, sequence, page,
      minor_units, captured_at)
    SELECT ${store.program}, t.account_id, ${P.date(input.businessDate)}, t.revision, false, 0, 0,
      0, ${P.instant(input.nowMs)}
    FROM unnest(
      ${P.texts(accountIds)}::text[], ${P.integers(revisions)}::integer[]
    ) AS t(account_id, revision)
    ON CONFLICT (program, account_id, business_date, revision) DO UPDATE SET ${change}`

/** Closes the old revision and inserts the next; the key refuses a second one of its number. */
const insertSuperseding = Effect.fnUntraced(function* (
  store: Store,
  input: RecordCapturedPage,
  sequence: number,
  page: Page,
  next: ReadonlyMap<string, { readonly at: number; readonly revision: number }>
) {
  const accountIds = [...next.keys()]
  const places = [...next.values()]
  const revisions = places.map(({ revision }) => revision)
  const closed = store.sql`superseded_at = ${P.instant(input.nowMs)}`
  yield* revise(store, input, accountIds, revisions, closed)
  yield* store.sql`
    INSERT INTO balance_check (program, account_id, business_date, revision, met, conflict,
      sequence, page, minor_units, captured_at)
    SELECT ${store.program}, t.account_id, ${P.date(input.businessDate)}, t.revision + 1, t.met,
      t.conflict, ${P.integer(sequence)}, ${P.integer(input.page)}, t.minor_units,
      ${P.instant(input.nowMs)}
    FROM unnest(
      ${P.texts(accountIds)}::text[],
      ${P.integers(revisions)}::integer[],
      ${P.bigints(places.map(({ at }) => page.minorUnits[at] ?? 0n))}::bigint[],
      ${P.booleans(places.map(({ at }) => page.met[at] ?? false))}::boolean[],
      ${P.booleans(places.map(({ at }) => at >= page.balances))}::boolean[]
    ) AS t(account_id, revision, minor_units, met, conflict)`
})
