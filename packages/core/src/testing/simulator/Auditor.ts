/**
 * Judges a run by the bank's books and the carrier's own log, not by the system's tables: what the
 * system says of itself is only compared with what really happened.
 *
 * **Source** — delivery protocol part 3, by number.
 */
import * as SandboxBank from "../SandboxBank.ts"
import * as AuditorCalendar from "./AuditorCalendar.ts"
import * as CarrierTruth from "./CarrierTruth.ts"
import { auditRestores } from "./RestoreAudit.ts"
import type { Run } from "./Run.ts"
import * as Truth from "./Truth.ts"
import { mostTurnsPerMonth } from "./World.ts"

/** An invariant that did not hold, about whom, and when. */
export interface Violation {
  /** Short and the same for every violation of its kind. */
  readonly what: string
  /** Number of the invariant in the delivery protocol, part 3. */
  readonly invariant: number
  readonly customer: number | null
  readonly month: string | null
  readonly detail: string
}

/** Everything that did not hold; empty for a run as it should be. */
export const audit = (run: Run): ReadonlyArray<Violation> => {
  const violations: Array<Violation> = []
  const customers = run.plan.only ?? Array.from({ length: run.plan.customers }, (_, index) => index)
  const outcomeOf = Truth.outcomesOf(run.plan, run.bank)
  const carrier = CarrierTruth.read(run, violations)
  for (const month of run.months) {
    const counts = { Qualified: 0, NotQualified: 0, Undetermined: 0 }
    for (const customer of customers) {
      const expected = outcomeOf(customer, month)
      if (expected !== undefined) counts[expected]++
      const seen = carrier.seen.get(`${customer} ${month}`)
      auditCustomer(run, violations, carrier, { customer, month, expected, seen })
    }
    auditReport(run, violations, month, counts)
  }
  auditDepartures(run, violations, carrier)
  violations.push(...auditRestores(run, carrier))
  if (run.turns > run.plan.months * mostTurnsPerMonth) {
    const detail = String(run.turns)
    violations.push({ invariant: 35, what: "livelock", customer: null, month: null, detail })
  }
  return violations
}

interface CustomerMonth {
  readonly customer: number
  readonly month: string
  readonly expected: Truth.Outcome | undefined
  readonly seen: CarrierTruth.Seen | undefined
}

const terminal: ReadonlySet<string> = new Set([
  "withdrawn",
  "suppressed",
  "expired",
  "delivered",
  "failed",
  "undeliverable",
  "escalated"
])

const auditCustomer = (
  run: Run,
  violations: Array<Violation>,
  carrier: CarrierTruth.CarrierTruth,
  { customer, expected, month, seen }: CustomerMonth
): void => {
  const violate = (invariant: number, what: string, detail = ""): void => {
    violations.push({ invariant, what, customer, month, detail })
  }
  const known = run.months.find((each) => each === month)
  if (known === undefined) return
  const customerId = SandboxBank.customerId(customer)
  const row = run.ask(run.store.customerMonth({ customerId, month: known }))
  const outcome = row.decision?.outcome
  if (outcome !== expected) violate(6, "wrong verdict", `${outcome} for ${expected}`)
  const state = row.notification?.notification.state
  const writable = Truth.isReachable(run.bank, customer) && Truth.mayContact(run.bank, customer)
  if (seen !== undefined && seen.accepted.length > 0) {
    if (expected !== "Qualified") violate(13, "message without qualification")
    if (!writable) violate(16, "message to one who must not be written to")
    if (state === undefined) violate(22, "accepted message unknown to the store")
  }
  if (state !== undefined && !terminal.has(state)) violate(34, "stuck", state)
  const optedOut = run.optOuts.some((optOut) => optOut.customer === customer)
  const owed = expected === "Qualified" && writable && !optedOut
  if (owed && (state === undefined || state === "withdrawn" || state === "suppressed")) {
    violate(13, "lost", String(state))
  }
  if (state === "delivered" && seen?.delivered !== true) violate(21, "untrue delivery")
  const denied = state === "failed" || state === "expired" || state === "suppressed"
  if (denied && seen?.delivered === true && run.plan.carrierClass !== "N") {
    violate(22, "delivery denied", state)
  }
  if (state === "expired" && seen !== undefined && seen.accepted.length > 0) {
    violate(22, "expired after an acceptance")
  }
  // What is not marked has no reference, and is the last of its attempts.
  row.references.forEach((reference, index) => {
    const attempt = row.notification?.notification.attempts[index]
    const accepted = carrier.customerOf.has(reference)
    if (attempt?.state === "accepted" && !accepted) violate(21, "untrue acceptance", reference)
    if (accepted && denies.has(attempt?.state ?? "")) violate(21, "acceptance denied", reference)
  })
}

/** An attempt in one of these says that the carrier never took it. */
const denies: ReadonlySet<string> = new Set(["refused", "void", "cancelled"])

/** The final report says what the bank's books say. */
const auditReport = (
  run: Run,
  violations: Array<Violation>,
  month: Run["months"][number],
  counts: Readonly<Record<Truth.Outcome, number>>
): void => {
  const violate = (invariant: number, what: string, detail: string): void => {
    violations.push({ invariant, what, customer: null, month, detail })
  }
  const row = run.ask(run.store.report({ month, version: "final" }))
  if (row === null) return violate(34, "month never closed", "")
  const figures = CarrierTruth.dispositionsOf(row.json)
  const expected = {
    population: counts.Qualified + counts.NotQualified + counts.Undetermined,
    qualified: counts.Qualified,
    notQualified: counts.NotQualified,
    undetermined: counts.Undetermined,
    pending: 0
  }
  for (const [name, count] of Object.entries(expected)) {
    if (figures[name] !== count) {
      violate(43, "report differs from the books", `${name} ${String(figures[name])} for ${count}`)
    }
  }
  const ends = ["unreachable", "excluded", "unrenderable", "suppressed", "expired", "delivered"]
  const all = [...ends, "failed", "undeliverable", "escalated", "pending"]
  const sum = all.reduce((total, name) => total + Number(figures[name]), 0)
  if (sum !== figures["qualified"]) violate(18, "dispositions do not add up", String(sum))
}

/** Between the mark and the last instant at which its request may start. */
const mayStartMs = 80_000

const opensMinute = 9 * 60
const closesMinute = 20 * 60

/** No request outside the window, none after an opt-out. */
const auditDepartures = (
  run: Run,
  violations: Array<Violation>,
  carrier: CarrierTruth.CarrierTruth
): void => {
  const closed = Truth.isClosed(run.plan)
  const isOpen = (atMs: number): boolean => {
    const { day, minute } = AuditorCalendar.localTime(atMs)
    return !closed(day) && minute >= opensMinute && minute < closesMinute
  }
  for (const { atMs, references } of run.departures) {
    if (!isOpen(atMs) && !isOpen(atMs - mayStartMs)) {
      const detail = JSON.stringify(AuditorCalendar.localTime(atMs))
      violations.push({
        invariant: 16,
        what: "request outside the window",
        customer: null,
        month: null,
        detail
      })
    }
    for (const reference of references) {
      const customer = carrier.customerOf.get(reference)
      const optOut = run.optOuts.find((each) => each.customer === customer)
      if (customer === undefined || optOut === undefined) continue
      if (atMs > optOut.atMs + mayStartMs) {
        const detail = String(atMs - optOut.atMs)
        const what = "request after an opt-out"
        violations.push({ invariant: 16, what, customer, month: null, detail })
      }
    }
  }
}
