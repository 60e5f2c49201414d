/** Which balances of a month are strange for their own account: the rule over the ledger's rows. */
import { isAnomaly } from "../../balance/Anomaly.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import type { AnomalyRequest, StrangeBalance } from "../store/Captures.ts"
import type { CheckRow, State } from "./State.ts"

export const anomalies = (
  state: State,
  { accountIds, limits, month }: AnomalyRequest
): ReadonlyArray<StrangeBalance> => {
  const days = state.ledgers.get(month)?.accounts
  const before = state.ledgers.get(CalendarMonth.previous(month))?.accounts
  const found: Array<StrangeBalance> = []
  for (const accountId of accountIds) {
    const history = (before?.get(accountId) ?? []).filter(isBalance).map((row) => row.minorUnits)
    for (const [day, row] of (days?.get(accountId) ?? []).entries()) {
      if (!isBalance(row) || !isAnomaly(row.minorUnits, history, limits)) continue
      found.push({ accountId, businessDate: CalendarMonth.dateAt(month, day + 1) })
    }
  }
  return found
}

const isBalance = (row: CheckRow | undefined): row is CheckRow => row !== undefined && !row.conflict
