/**
 * What really happened at the carrier, from its own log.
 *
 * **Source** — invariants 15, 19, 20 and 23 of the delivery protocol.
 */
import * as SandboxPeople from "../SandboxPeople.ts"
import * as AuditorCalendar from "./AuditorCalendar.ts"
import type { Violation } from "./Auditor.ts"
import type { Run } from "./Run.ts"

interface Accepted {
  readonly reference: string
  readonly atMs: number
  readonly validUntilMs: number | null
}

/** A customer's month at the carrier. */
export interface Seen {
  /** In the order of acceptance; one entry per acceptance, not per reference. */
  readonly accepted: Array<Accepted>
  delivered: boolean
}

export interface CarrierTruth {
  /** By `customer month`. */
  readonly seen: ReadonlyMap<string, Seen>
  /** Of every accepted reference. */
  readonly customerOf: ReadonlyMap<string, number>
}

/** The month a message accepted at an instant thanks for: the one before. */
const monthBefore = (atMs: number): string => {
  const { day } = AuditorCalendar.localTime(atMs)
  let year = 1970 + Math.floor(day / 366)
  while (AuditorCalendar.dayNumber(year + 1, 1, 1) <= day) year++
  let month = 12
  while (AuditorCalendar.dayNumber(year, month, 1) > day) month--
  const before = month === 1 ? [year - 1, 12] : [year, month - 1]
  return `${before[0]}-${String(before[1]).padStart(2, "0")}`
}

/** Reads the log once, in its order. */
export const read = (run: Run, violations: Array<Violation>): CarrierTruth => {
  const seen = new Map<string, Seen>()
  const customerOf = new Map<string, number>()
  const prints = new Map<string, string>()
  const states = new Map<string, Set<string>>()
  const numbers = new Map<string, number>()
  for (let index = 0; index < run.plan.customers; index++) {
    numbers.set(SandboxPeople.mobileOf(index), index)
  }
  // The bytes of a refusal are lost with it: the next message of its name is the first again.
  const isForgotten = (atMs: number): boolean =>
    run.restores.some(({ backupMs, restoredMs }) => backupMs <= atMs && atMs <= restoredMs)
  const whole = (reference: string): string | undefined => {
    const told = states.get(reference)
    if (told === undefined) return undefined
    const bad = told.has("failed") || told.has("rejected") || told.has("expired")
    if (told.has("delivered")) return bad && told.has("parts") ? "partial" : "delivered"
    return bad ? "dead" : undefined
  }
  for (const line of run.log) {
    if (line.t === "receipt") {
      const told = states.get(line.ref) ?? new Set()
      told.add(line.state)
      if (line.parts !== null) told.add("parts")
      states.set(line.ref, told)
      continue
    }
    if (line.t !== "accepted" && line.t !== "refused") continue
    const print = prints.get(line.ref)
    if (print !== undefined && print !== line.print) {
      const what = "one reference, two messages"
      violations.push({ invariant: 23, what, customer: null, month: null, detail: line.ref })
    }
    if (line.t === "accepted" || !isForgotten(line.at)) prints.set(line.ref, line.print)
    if (line.t !== "accepted") continue
    const customer = numbers.get(line.to) ?? -1
    const month = monthBefore(line.at)
    customerOf.set(line.ref, customer)
    const key = `${customer} ${month}`
    const known = seen.get(key) ?? { accepted: [], delivered: false }
    const violate = (invariant: number, what: string): void => {
      violations.push({ invariant, what, customer, month, detail: line.ref })
    }
    for (const earlier of known.accepted) {
      if (earlier.reference === line.ref) {
        violate(19, "accepted twice")
        continue
      }
      const end = whole(earlier.reference)
      const over = earlier.validUntilMs !== null && earlier.validUntilMs <= line.at
      if (end === "delivered" || (end === undefined && !over)) violate(20, "two live messages")
    }
    known.accepted.push({ reference: line.ref, atMs: line.at, validUntilMs: line.validUntil })
    if (known.accepted.length > 3) violate(15, "more than three attempts")
    seen.set(key, known)
  }
  for (const known of seen.values()) {
    known.delivered = known.accepted.some(({ reference }) => whole(reference) === "delivered")
  }
  return { seen, customerOf }
}

/** The counts of a report's JSON; nothing where it has none. */
export const dispositionsOf = (json: string): Readonly<Record<string, unknown>> => {
  const report: unknown = JSON.parse(json)
  const delivery = field(report, "delivery")
  const dispositions = field(delivery, "dispositions")
  return isRecord(dispositions) ? dispositions : {}
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null

const field = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined)
