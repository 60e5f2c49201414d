/**
 * The customers of a month by id, page by page.
 *
 * A month only ever gains customers, so their order is kept until there are more of them: paging
 * through a month sorts it once.
 */
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { MonthCustomer } from "../store/Reports.ts"
import * as Notifications from "./Notifications.ts"
import type * as State from "./State.ts"

const orders = new WeakMap<State.MonthState, ReadonlyArray<string>>()

const orderOf = (month: State.MonthState): ReadonlyArray<string> => {
  const known = orders.get(month)
  if (known?.length === month.decisions.size) return known
  const sorted = Array.from(month.decisions.keys()).toSorted()
  orders.set(month, sorted)
  return sorted
}

/** The first place whose id is greater; ids are in order. */
const placeAfter = (ids: ReadonlyArray<string>, id: string | null): number => {
  let low = 0
  let high = id === null ? 0 : ids.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ids[middle] ?? "") > (id ?? "")) high = middle
    else low = middle + 1
  }
  return low
}

export const monthCustomers = (
  state: State.State,
  input: {
    readonly month: CalendarMonth
    readonly after: string | null
    readonly limit: number
  }
): ReadonlyArray<MonthCustomer> => {
  const month = state.months.get(input.month)
  if (month === undefined) return []
  const ids = orderOf(month)
  const from = placeAfter(ids, input.after)
  return ids.slice(from, from + input.limit).flatMap((customerId) => {
    const decision = month.decisions.get(customerId)?.decision
    if (decision === undefined) return []
    const found = Notifications.find(state, customerId, input.month)?.notification
    const { derived, met, observed, outcome, reach, reasons, waived } = decision
    const message = found === undefined ? null : { state: found.state, reason: found.reason }
    return [{ customerId, outcome, reasons, reach, observed, met, derived, waived, message }]
  })
}
