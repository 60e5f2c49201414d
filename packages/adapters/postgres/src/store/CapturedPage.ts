/** A captured page as rows, and the first revision of every balance that has none. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { RecordCapturedPage } from "../Core.ts"
import * as P from "../Parameters.ts"
import { insertNew, lookFirst } from "./InsertNew.ts"
import { affected, type Store } from "./Store.ts"

/** The page with its conflicting accounts at the end: they have no amount of their own. */
export interface Page {
  readonly accountIds: ReadonlyArray<string>
  readonly minorUnits: ReadonlyArray<bigint>
  readonly met: ReadonlyArray<boolean>
  /** Rows before this index are balances, the others conflicts. */
  readonly balances: number
}

/** The page of one call; a conflicting account stands in it once. */
export const pageOf = (input: RecordCapturedPage): Page => {
  const { accountIds, minorUnits, met } = input.checks
  const conflicting = input.conflictingAccountIds
  if (conflicting.length === 0) {
    return { accountIds, minorUnits, met, balances: accountIds.length }
  }
  const excluded = new Set(conflicting)
  const keep = accountIds.map((_, i) => i).filter((i) => !excluded.has(accountIds[i] ?? ""))
  const inConflict = [...excluded]
  return {
    accountIds: [...keep.map((i) => accountIds[i] ?? ""), ...inConflict],
    minorUnits: [...keep.map((i) => minorUnits[i] ?? 0n), ...inConflict.map(() => 0n)],
    met: [...keep.map((i) => met[i] ?? false), ...inConflict.map(() => false)],
    balances: keep.length
  }
}

/**
 * Revision 1 of every account that has none for the date; how many there were. A date's first
 * capture finds none of them, unless two pages of the bank share an account.
 */
export const insertFresh = (
  store: Store,
  input: RecordCapturedPage,
  sequence: number,
  page: Page,
  conflict: boolean
): Effect.Effect<number, SqlError> => {
  const from = conflict ? page.balances : 0
  const to = conflict ? page.accountIds.length : page.balances
  if (from === to) return Effect.succeed(0)
  const whole = from === 0 && to === page.accountIds.length
  const part = <A>(values: ReadonlyArray<A>) => (whole ? values : values.slice(from, to))
  const { sql } = store
  const write = (whereMissing: string): Effect.Effect<unknown, SqlError> =>
    sql`
      INSERT INTO balance_check (program, account_id, business_date, revision, met, conflict,
        sequence, page, minor_units, captured_at)
      SELECT ${store.program}, t.account_id, ${P.date(input.businessDate)}, 1, t.met, ${conflict},
        ${P.integer(sequence)}, ${P.integer(input.page)}, t.minor_units, ${P.instant(input.nowMs)}
      FROM unnest(
        ${P.texts(part(page.accountIds))}::text[],
        ${P.bigints(part(page.minorUnits))}::bigint[],
        ${P.booleans(part(page.met))}::boolean[]
      ) AS t(account_id, minor_units, met)
      ${sql.literal(whereMissing)}`.raw
  return sequence === 1 && !conflict
    ? insertNew(store, write)
    : Effect.map(write(lookFirst), affected)
}
