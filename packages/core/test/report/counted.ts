/** Months counted from what became of each customer. */
import type { CustomerFacts } from "../../src/report/Dispositions.ts"
import type { MonthFigures } from "../../src/report/MonthFigures.ts"
import { empty } from "./figures.ts"

/** The figures of a month counted customer by customer, as a store counts them. */
export const figuresOf = (customers: ReadonlyArray<CustomerFacts>): MonthFigures => {
  type Counts = Record<string, number>
  const add = (counts: Counts, key: string) => (counts[key] = (counts[key] ?? 0) + 1)
  const outcomes: Counts = {}
  const reach: Record<string, Counts> = { Unreachable: {}, Excluded: {}, Unrenderable: {} }
  const states: Counts = {}
  const withdrawn: Counts = {}
  for (const { message, outcome, reach: found } of customers) {
    add(outcomes, outcome)
    if (outcome !== "Qualified") continue
    const reason = message?.reason ?? ""
    const atSubmission = /^(?:unreachable|excluded|unrenderable):/.test(reason)
    if (message !== null && message.state !== "withdrawn") add(states, message.state)
    else if (message !== null && atSubmission) {
      add(states, "withdrawn")
      add(withdrawn, reason)
    } else if (found?._tag === "Reachable") {
      if (message !== null) add(states, "expired")
    } else add(reach[found?._tag ?? ""] ?? {}, "REASON")
  }
  return {
    ...empty,
    population: customers.length,
    qualified: outcomes["Qualified"] ?? 0,
    notQualified: outcomes["NotQualified"] ?? 0,
    undetermined: outcomes["Undetermined"] ?? 0,
    unreachable: reach["Unreachable"] ?? {},
    excluded: reach["Excluded"] ?? {},
    unrenderable: reach["Unrenderable"] ?? {},
    states,
    stateReasons: { withdrawn }
  }
}
