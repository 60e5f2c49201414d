/**
 * Judges a level 1 run by the bank's books and the carrier's own log. What the program says of
 * itself is only compared with them.
 *
 * **Source** — delivery protocol part 3, by number.
 */
import * as Dispositions from "../../report/Dispositions.ts"
import * as AuditorCalendar from "../simulator/AuditorCalendar.ts"
import type { Violation } from "../simulator/Auditor.ts"
import type { CarrierMessage } from "./CarrierBook.ts"
import type { Told } from "./CarrierFates.ts"
import * as RulesDepartures from "./RulesDepartures.ts"
import * as RulesTruth from "./RulesTruth.ts"
import type { Row, Sim } from "./Sim.ts"

export type Violate = (
  invariant: number,
  what: string,
  customer: number | null,
  month: number | null,
  detail?: string
) => void

/** Everything that did not hold; empty for a run as it should be. */
export const audit = (sim: Sim): ReadonlyArray<Violation> => {
  const violations: Array<Violation> = []
  const violate: Violate = (invariant, what, customer, month, detail = "") => {
    const text = month === null ? null : (sim.era.months[month]?.month ?? null)
    violations.push({ invariant, what, customer, month: text, detail })
  }
  const truth = RulesTruth.read(sim.books)
  const accepted = acceptances(sim, violate)
  for (let month = 1; month < sim.era.months.length; month++) {
    auditMonth(sim, truth, month, violate)
    for (let customer = 0; customer < sim.people.length; customer++) {
      auditCustomer(sim, truth, accepted, customer, month, violate)
    }
  }
  RulesDepartures.audit(sim, truth, violate)
  if (sim.rows.length !== new Set(sim.rows.map(({ id }) => id)).size) {
    violate(14, "two notifications of one month", null, null)
  }
  return violations
}

const monthAt = (reference: number): number => Math.floor(reference / 8) % 64
const customerAt = (reference: number): number => Math.floor(reference / 512)

/** A request that comes after its validity is taken and dies at once: nothing of it ever arrives. */
const isBorn = ({ acceptedMs, fate }: CarrierMessage): boolean => fate.deadMs > acceptedMs

/** The acceptances of each customer's month, in order; nothing may live beside another. */
const acceptances = (sim: Sim, violate: Violate) => {
  const found = new Map<number, Array<CarrierMessage>>()
  for (const message of sim.carrier.accepted) {
    const { acceptedMs, reference } = message
    const cell = Math.floor(reference / 8)
    const [customer, month] = [customerAt(reference), monthAt(reference)]
    const known = found.get(cell)
    if (known === undefined) {
      found.set(cell, [message])
      continue
    }
    for (const earlier of isBorn(message) ? known : []) {
      if (earlier.reference === reference) violate(19, "accepted twice", customer, month)
      else if (earlier.fate.deadMs > acceptedMs) violate(20, "two live messages", customer, month)
    }
    known.push(message)
    if (known.filter(isBorn).length > 3) violate(15, "more than three attempts", customer, month)
  }
  return found
}

/** Nothing is decided before the month is over and its days are known, or the cut-off has come. */
const auditMonth = (sim: Sim, truth: RulesTruth.Truth, month: number, violate: Violate): void => {
  const decidedMs = sim.months[month]?.decidedMs ?? Infinity
  if (!Number.isFinite(decidedMs)) return violate(34, "month never decided", null, month)
  const endDay = (truth.firsts[month] ?? 0) + (truth.lengths[month] ?? 0)
  if (decidedMs < AuditorCalendar.instantOf(endDay, 0)) {
    violate(8, "decided before the month is over", null, month)
  }
  if (decidedMs >= RulesTruth.cutOffMs(truth, month)) return
  for (let customer = 0; customer < sim.people.length; customer++) {
    if (RulesTruth.outcomeAt(truth, customer, month, decidedMs) === "Undetermined") {
      return violate(8, "decided before the days are known", customer, month)
    }
  }
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

/** Writes of one notification: three attempts with their claims, marks and receipts. */
const mostWrites = 40

const auditCustomer = (
  sim: Sim,
  truth: RulesTruth.Truth,
  accepted: ReadonlyMap<number, ReadonlyArray<CarrierMessage>>,
  customer: number,
  month: number,
  violate: Violate
): void => {
  const at = month * sim.people.length + customer
  const decidedMs = sim.months[month]?.decidedMs ?? Infinity
  const expected = RulesTruth.outcomeAt(truth, customer, month, decidedMs)
  const decided = sim.firstDecided[at]
  // What is told in the very millisecond of the decision may have come before it or after.
  if (
    decided !== expected &&
    decided !== RulesTruth.outcomeAt(truth, customer, month, decidedMs - 1)
  ) {
    violate(6, "wrong verdict", customer, month, `${decided}, ${expected}`)
  }
  const row = sim.rowOf[at]
  const messages = accepted.get(customer * 64 + month) ?? []
  if (row === undefined) {
    if (messages.length > 0) violate(22, "accepted message unknown to the store", customer, month)
  } else auditRow(row, messages, violate)
  const person = sim.people[customer]
  const reach = person?.phone === "mobile" ? "Reachable" : "Unreachable"
  const outcome = sim.decided[at]
  if (outcome === undefined || person === undefined) return
  const disposition = Dispositions.ofCustomer({
    outcome,
    reach: { _tag: reach },
    message: row === undefined ? null : row.notification
  })
  if (outcome === "Qualified" && disposition === null) {
    violate(18, "in no disposition", customer, month)
  }
  const state = row?.notification.state
  const isSent = state !== undefined && state !== "withdrawn" && state !== "suppressed"
  if (isSent) return
  const isOwed =
    expected === "Qualified" &&
    reach === "Reachable" &&
    person.bank._tag === "MayContact" &&
    !Number.isFinite(sim.optedOutMs[customer]) &&
    RulesTruth.outcomeAt(truth, customer, month, Infinity) === "Qualified" &&
    !RulesDepartures.isCorrected(truth, customer, month, decidedMs)
  if (isOwed) violate(13, "lost", customer, month, String(state))
}

const isDeath = ({ state }: Told): boolean =>
  state === "failed" || state === "rejected" || state === "expired"

/**
 * The carrier told the program that the message is dead, and never told it anything better: no
 * status can know more than the carrier says.
 */
const isCalledDead = ({ fate, stored }: CarrierMessage): boolean => {
  const heard = fate.told.filter((_, index) => (stored & (1 << index)) !== 0)
  return heard.some(isDeath) && !heard.some(({ state }) => state === "delivered")
}

const auditRow = (row: Row, messages: ReadonlyArray<CarrierMessage>, violate: Violate): void => {
  const { customer, month, notification } = row
  const { attempts, reason, state } = notification
  const say = (invariant: number, what: string, detail = ""): void =>
    violate(invariant, what, customer, month, detail)
  if (!terminal.has(state)) say(34, "stuck", state)
  const rounds = attempts.reduce(
    (sum, { keyGeneration, replays }) => sum + keyGeneration + replays,
    0
  )
  if (row.writes > mostWrites + 8 * rounds) say(35, "livelock", String(row.writes))
  if (attempts.length > 5) say(15, "more than five rows")
  const delivered = messages.some(({ fate }) => fate.deliveredMs !== null)
  const known = messages.filter((message) => !isCalledDead(message))
  const knownDelivered = known.some(({ fate }) => fate.deliveredMs !== null)
  const arrived = known.some(({ fate }) => fate.deadMs === Infinity)
  if (state === "delivered" && !delivered) say(21, "untrue delivery")
  const denied = state === "failed" ? reason !== "CLOSED" : state === "expired"
  if (denied && knownDelivered) say(22, "delivery denied", `${state} ${String(reason)}`)
  const stopped = state === "suppressed" || state === "withdrawn"
  if (state === "expired" && messages.some(isBorn)) say(22, "expired after an acceptance")
  if (stopped && arrived) say(22, "message of one who has none", state)
  if (state === "failed" && reason === "EXHAUSTED" && arrived) say(22, "arrival denied")
  for (const attempt of attempts) {
    const taken = messages.some(({ reference }) => reference % 8 === attempt.n)
    if (attempt.state === "accepted" && !taken) say(21, "untrue acceptance")
    if (attempt.state === "refused" && taken) say(21, "untrue refusal")
    // What comes after its validity dies at once; that may never be told.
    const born = messages.some((message) => message.reference % 8 === attempt.n && isBorn(message))
    if (attempt.state === "void" && born) say(22, "void, and accepted")
    if (attempt.state === "claimed" || attempt.state === "submitting") say(34, "still held")
  }
}
