/**
 * A month's life in the program: captured, complete, decided, released, corrected, closed.
 *
 * **Source** — product rules, Days and The stages; invariants 5 to 11, 13 and 14.
 */
import * as Correction from "../../balance/Correction.ts"
import * as MonthDays from "../../balance/MonthDays.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Qualification from "../../qualification/Qualification.ts"
import * as Reachability from "../../recipient/Reachability.ts"
import * as Seeded from "../Seeded.ts"
import * as Amounts from "./Amounts.ts"
import * as Books from "./Books.ts"
import * as Era from "./Era.ts"
import * as Ledger from "./Ledger.ts"
import * as Rows from "./Rows.ts"
import { type DecidedMonth, type Outcome, type Sim, trace } from "./Sim.ts"
import { amount, spread, strikes } from "./Strikes.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** The capture of every date of the era, each at its time, month by month. */
export const begin = (sim: Sim): void => {
  sim.era.months.forEach(({ firstDay }, month) => {
    sim.time.at(firstDay * day, () => beginMonth(sim, month))
  })
}

const beginMonth = (sim: Sim, month: number): void => {
  const { books, era, time } = sim
  const one = era.months[month]
  if (one === undefined) return
  for (let index = 0; index < one.days; index++) {
    const date = one.dates[index]
    const place = one.firstDay + index - books.firstDay
    const atMs = books.toldMs[place] ?? Infinity
    const bit = 1 << index
    if (date === undefined || (one.closedBits & bit) !== 0 || !Number.isFinite(atMs)) continue
    time.at(atMs, () => capture(sim, { month, bit, day: place, date }))
  }
  if (month === 0) return
  time.at(one.endMs - hour, () => checkGate(sim, month))
  time.at(one.cutOffMs, () => checkGate(sim, month))
}

const capture = (sim: Sim, place: Ledger.DayPlace): void => {
  const { rows, later } = Books.page(sim.books, sim.all, place.month, place.bit, place.day)
  if (rows !== null) Ledger.capture(sim.ledger, sim.rules, rows, place)
  else {
    const amountOf = (customer: number): bigint =>
      Amounts.minorUnits[Books.amountAt(sim.books, customer, place.month, place.bit)] ?? 0n
    Ledger.captureOrdinary(sim.ledger, sim.rules, amountOf, place)
  }
  for (const one of later) sim.time.at(one.atMs, () => revise(sim, one, place))
  afterBalances(sim, place)
}

const revise = (sim: Sim, one: Books.Later, place: Ledger.DayPlace): void => {
  const brought = {
    accountId: sim.people[one.customer]?.accountId ?? "",
    businessDate: place.date,
    minorUnits: Amounts.minorUnits[one.index] ?? 0n,
    currency: "ILS",
    kind: "closingBooked"
  } as const
  if (!Ledger.revise(sim.ledger, sim.rules, brought, place)) return
  trace(sim, one.customer)
  afterBalances(sim, place)
  for (const month of [place.month, place.month + 1]) redecide(sim, one.customer, month)
}

/** A late balance may complete its month, and through a closed day the one after it. */
const afterBalances = (sim: Sim, place: Ledger.DayPlace): void => {
  const nowMs = sim.time.nowMs()
  for (const month of [place.month, place.month + 1]) {
    const one = sim.era.months[month]
    if (month > 0 && one !== undefined && nowMs >= one.endMs) checkGate(sim, month)
  }
}

/** Active on any day of the month. */
const isThere = (sim: Sim, customer: number, month: number): boolean => {
  const person = sim.people[customer]
  const one = sim.era.months[month]
  if (person === undefined || one === undefined) return false
  return person.openedDay < one.firstDay + one.days && person.closedDay >= one.firstDay
}

const incomplete = (sim: Sim, month: number): number => {
  const one = sim.era.months[month]
  if (one === undefined) return 0
  let count = 0
  for (let customer = 0; customer < sim.people.length; customer++) {
    const person = sim.people[customer]
    if (person === undefined || !isThere(sim, customer, month)) continue
    if (!Qualification.isFullMonth(one.month, person.opened, person.closed)) continue
    const days = Ledger.monthOf(sim.ledger, sim.rules, sim.era, customer, month)
    if ((MonthDays.allDays(one.days) & ~MonthDays.known(days)) !== 0) count++
  }
  return count
}

const checkGate = (sim: Sim, month: number): void => {
  const one = sim.era.months[month]
  const decided = sim.months[month]
  if (one === undefined || decided?.state._tag !== "Open") return
  const nowMs = sim.time.nowMs()
  const step = sim.rules.monthState(decided.state, {
    _tag: "CheckGate",
    nowMs,
    monthEndMs: one.endMs,
    cutOffMs: one.cutOffMs,
    incompleteCustomers: incomplete(sim, month)
  })
  if (step._tag !== "Moved") return
  decided.state = step.state
  decide(sim, month, decided)
}

const outcomeOf = (sim: Sim, customer: number, month: number): Outcome | undefined => {
  const person = sim.people[customer]
  const one = sim.era.months[month]
  if (person === undefined || one === undefined) return undefined
  const days = Ledger.monthOf(sim.ledger, sim.rules, sim.era, customer, month)
  const { closed, opened } = person
  return sim.rules.decide({
    month: one.month,
    days,
    ...(opened === undefined ? {} : { opened }),
    ...(closed === undefined ? {} : { closed })
  })._tag
}

const decide = (sim: Sim, month: number, decided: DecidedMonth): void => {
  const nowMs = sim.time.nowMs()
  const count = sim.people.length
  let qualified = 0
  for (let customer = 0; customer < count; customer++) {
    if (!isThere(sim, customer, month)) continue
    const outcome = outcomeOf(sim, customer, month)
    const at = month * count + customer
    sim.decided[at] = outcome
    sim.firstDecided[at] = outcome
    if (outcome === "Qualified") {
      qualified++
      hold(sim, customer, month, decided)
    }
  }
  trace(sim, nowMs)
  trace(sim, qualified)
  decided.decidedMs = nowMs
  const content = { _tag: "RecordDecision", contentHash: String(qualified) } as const
  const step = sim.rules.monthState(decided.state, content)
  if (step._tag === "Moved") decided.state = step.state
  const site = Seeded.site(sim.seed, "release")
  const waitMs = Seeded.below(3, site, month) * Seeded.below(20 * hour, site, month, 1)
  sim.time.at(nowMs + minute + waitMs, () => release(sim, decided))
  disturb(sim, nowMs + waitMs)
}

/** Reachable people get the one notification of the month. */
const hold = (sim: Sim, customer: number, month: number, decided: DecidedMonth) => {
  const check = sim.people[customer]?.check ?? null
  const reach = Reachability.decide(check, false, false)
  if (reach._tag !== "Reachable") return undefined
  const row = Rows.make(sim, customer, month)
  decided.rows.push(row)
  return row
}

const release = (sim: Sim, decided: DecidedMonth): void => {
  const nowMs = sim.time.nowMs()
  const step = sim.rules.monthState(decided.state, { _tag: "Release", rule: "automatic", nowMs })
  if (step._tag !== "Moved") return
  decided.state = step.state
  decided.releasedMs = nowMs
  decided.expiryMs = Era.expiryMs(sim.era, nowMs, sim.policy.expiryWindowDays)
  for (const row of decided.rows) {
    Rows.apply(sim, row, { _tag: "Released", expiryMs: decided.expiryMs })
    if (strikes(sim.all, "opted out")) {
      sim.time.at(nowMs + spread(sim.all, "opted out", 96 * hour), () => optOut(sim, row.customer))
    }
  }
  Rows.poke(sim)
  sim.time.at(decided.expiryMs + 4 * day, () => close(sim, decided))
}

const optOut = (sim: Sim, customer: number): void => {
  if (Number.isFinite(sim.optedOutMs[customer])) return
  sim.optedOutMs[customer] = sim.time.nowMs()
  for (const row of sim.rows) {
    if (row.customer !== customer || Notification.isTerminal(row.notification.state)) continue
    Rows.apply(sim, row, { _tag: "Suppressed", reason: "OPTED_OUT" })
  }
}

/** Around a release: an operator stops everything for a while, the carrier falls over. */
const disturb = (sim: Sim, aroundMs: number): void => {
  const { all, time } = sim
  if (strikes(all, "operator pauses")) {
    const fromMs = aroundMs + amount(all, "operator pauses", 60 * hour)
    time.at(fromMs, () => {
      const untilMs = fromMs + spread(all, "operator pauses", 40 * hour)
      sim.pausedUntilMs = Math.max(sim.pausedUntilMs, untilMs)
      sim.pauses.push({ fromMs, untilMs })
      time.at(untilMs, () => Rows.poke(sim))
    })
  }
  if (strikes(all, "carrier down")) {
    const fromMs = aroundMs + amount(all, "carrier down", 40 * hour)
    time.at(fromMs, () => {
      sim.downUntilMs = fromMs + spread(all, "carrier down", 6 * hour)
    })
  }
}

/** What a correction means for a decided month. */
const redecide = (sim: Sim, customer: number, month: number): void => {
  const decided = sim.months[month]
  const at = month * sim.people.length + customer
  const stands = sim.decided[at]
  const corrected = stands === undefined ? undefined : outcomeOf(sim, customer, month)
  if (decided === undefined || stands === undefined || corrected === undefined) return
  const row = sim.rowOf[at]
  const meaning = Correction.meaningOf({
    withinRetention: true,
    decided: stands,
    corrected,
    marked: row !== undefined && Number.isFinite(row.markedMs),
    closed: decided.state._tag === "Closed"
  })
  if (meaning._tag !== "Redecide") return
  trace(sim, at)
  sim.decided[at] = meaning.to
  if (meaning.from === "Qualified" && row !== undefined) {
    Rows.apply(sim, row, { _tag: "Withdrawn", reason: "NOT_QUALIFIED" })
  }
  if (meaning.to !== "Qualified") return
  if (row !== undefined) Rows.apply(sim, row, { _tag: "QualifiedAgain" })
  const again = row ?? hold(sim, customer, month, decided)
  if (again === undefined || decided.state._tag !== "Released") return
  Rows.apply(sim, again, { _tag: "Released", expiryMs: decided.expiryMs })
  Rows.poke(sim)
}

const close = (sim: Sim, decided: DecidedMonth): void => {
  let pending = 0
  for (const { notification } of decided.rows) {
    if (Notification.disposition(notification) === "pending") pending++
  }
  const nowMs = sim.time.nowMs()
  const step = sim.rules.monthState(decided.state, { _tag: "Close", pending, nowMs })
  if (step._tag === "Moved") decided.state = step.state
  else sim.time.at(nowMs + day, () => close(sim, decided))
}
