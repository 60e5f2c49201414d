/**
 * What follows a submission: receipts pushed and polled, leases that run out, and the reconciler
 * that asks about what nobody knows.
 *
 * **Source** — delivery protocol 1.1 (unknown), 1.3; invariants 22, 24, 27 and 28.
 */
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Consequences from "../../ports/store/Consequences.ts"
import type { ReceiptReport } from "../../ports/SmsCarrier.ts"
import * as CarrierBook from "./CarrierBook.ts"
import type * as CarrierFates from "./CarrierFates.ts"
import * as Rows from "./Rows.ts"
import type { Member, Row, Sim, Worker } from "./Sim.ts"
import { spread, strikes } from "./Strikes.ts"
import * as Workers from "./Workers.ts"

const second = 1000

/** The attempt of a reference. */
export const memberOf = (sim: Sim, reference: number): Member | undefined => {
  const cell = Math.floor(reference / 8)
  const row = sim.rowOf[(cell % 64) * sim.people.length + Math.floor(cell / 64)]
  return row === undefined ? undefined : { row, n: reference % 8 }
}

const reportOf = (
  message: CarrierBook.CarrierMessage,
  told: CarrierFates.Told,
  named: boolean
): ReceiptReport => ({
  reference: named ? String(message.reference) : null,
  carrierMessageId: message.id,
  receipt: told,
  digest: ""
})

/** Brings the receipts of an acceptance, each at its time, as far as they are pushed. */
export const tell = (sim: Sim, message: CarrierBook.CarrierMessage): void => {
  const { all, time } = sim
  message.fate.told.forEach((told, index) => {
    if (!message.fate.heard && strikes(all, "receipt not pushed")) return
    const named = !strikes(all, "receipt without reference")
    time.at(told.atMs, () => {
      if (strikes(all, "receipt malformed")) {
        receive(sim, reportOf(message, { ...told, part: 3, parts: 2 }, named))
      }
      message.stored |= 1 << index
      receive(sim, reportOf(message, told, named))
    })
  })
}

/** A receipt is stored; it is folded at once, unless whoever should do so is held up. */
export const receive = (sim: Sim, report: ReceiptReport): void => {
  if (!strikes(sim.all, "fold delayed")) return fold(sim, report)
  const member = report.reference === null ? undefined : memberOf(sim, Number(report.reference))
  const side = member && Rows.sideOf(member.row, member.n)
  if (side !== undefined) side.unfolded++
  sim.time.at(sim.time.nowMs() + spread(sim.all, "fold delayed", 60 * second), () => {
    if (side !== undefined) side.unfolded--
    fold(sim, report)
  })
}

const matchOf = (sim: Sim, report: ReceiptReport): Member | undefined => {
  if (report.reference !== null) return memberOf(sim, Number(report.reference))
  const known = sim.byCarrierId.get(report.carrierMessageId ?? "") ?? []
  const keys = known.map(({ n, row }) => ({ notificationId: row.id, n }))
  const match = Consequences.matchReceipt(undefined, keys)
  return match._tag === "Matched" ? known[0] : undefined
}

/** Folds a stored receipt; one whose message is unknown is kept until its id appears. */
export const fold = (sim: Sim, report: ReceiptReport): void => {
  const member = matchOf(sim, report)
  if (member === undefined) {
    const id = report.carrierMessageId ?? ""
    sim.orphans.set(id, [...(sim.orphans.get(id) ?? []), report])
    return
  }
  const { n, row } = member
  const attempt = Notification.attemptAt(row.notification, n)
  if (attempt === undefined) return
  for (const event of Consequences.receiptEvents(attempt, report)) Rows.apply(sim, row, event)
}

/** Asks for the receipts of one message; those it has already say nothing new. */
export const poll = (sim: Sim, row: Row, n: number, dueMs: number): void => {
  const side = Rows.sideOf(row, n)
  const attempt = Notification.attemptAt(row.notification, n)
  if (side.pollDueMs !== dueMs || attempt === undefined) return
  const { capabilities, policy } = sim
  const nowMs = sim.time.nowMs()
  const next = Consequences.nextPollMs(attempt, { nowMs, clockMs: nowMs, policy, capabilities })
  side.pollDueMs = next
  if (next !== null) sim.time.at(next, () => poll(sim, row, n, next))
  if (!strikes(sim.all, "poll fails")) pollOne(sim, Rows.referenceOf(row, n))
}

const pollOne = (sim: Sim, reference: number): void => {
  const message = sim.carrier.messages.get(reference)
  if (message === undefined) return
  message.fate.told.forEach((told, index) => {
    const bit = 1 << index
    if (told.atMs > sim.time.nowMs() || (message.stored & bit) !== 0) return
    message.stored |= bit
    receive(sim, reportOf(message, told, true))
  })
}

/** What a look-up says of a message: the truth, where there is one, else the last it told. */
const stateOf = (
  message: CarrierBook.CarrierMessage,
  nowMs: number
): CarrierFates.Told | undefined => {
  let found: CarrierFates.Told | undefined
  for (const told of message.fate.told) {
    const arrived = told.state === "delivered" && (message.fate.deliveredMs ?? Infinity) <= nowMs
    if (arrived) return told
    if (told.atMs <= nowMs) found = told
  }
  return found
}

/**
 * Whether every attempt before `n` is dead by a look-up made now. What it shows is stored, and what
 * a poll brings besides.
 */
export const earlierDead = (sim: Sim, row: Row, n: number): boolean => {
  const nowMs = sim.time.nowMs()
  const looks = sim.capabilities.lookup !== "none"
  if (looks && strikes(sim.all, "look-up fails")) return false
  if (strikes(sim.all, "poll fails")) return false
  let dead = looks
  for (let earlier = 1; earlier < n; earlier++) {
    pollOne(sim, Rows.referenceOf(row, earlier))
    const message = CarrierBook.find(sim.carrier, Rows.referenceOf(row, earlier), nowMs)
    if (message === undefined) continue
    const told = stateOf(message, nowMs)
    if (told !== undefined) receive(sim, reportOf(message, told, true))
    const { state = "accepted" } = told ?? {}
    if (state !== "failed" && state !== "rejected" && state !== "expired") dead = false
  }
  return dead
}

/** Takes what is unresolved and settled, asks the carrier about it, and records what it says. */
export const reconcile = (sim: Sim, worker: Worker): boolean => {
  const nowMs = sim.time.nowMs()
  const members: Array<Member> = []
  const fence = ++sim.fence
  while (members.length < sim.batch) {
    const member = sim.asks.shift()
    if (member === undefined) break
    const { n, row } = member
    const side = Rows.sideOf(row, n)
    if (Notification.attemptAt(row.notification, n)?.state !== "unknown") continue
    if (side.leaseUntilMs > nowMs) continue
    side.fence = fence
    side.leaseUntilMs = nowMs + sim.policy.leaseMs
    members.push(member)
  }
  if (members.length === 0) return false
  Workers.leaseEnds(sim, members, fence)
  if (Workers.dies(sim, worker, "crash in reconciliation")) return true
  Workers.next(sim, worker, 40, () => {
    const said = strikes(sim.all, "look-up fails") ? [] : ask(sim, members)
    if (Workers.dies(sim, worker, "crash in reconciliation")) return
    Workers.next(sim, worker, 40, () => {
      // "Not found" says nothing about what came after the question, however late it is recorded.
      members.forEach(({ n, row }, index) => {
        const event = said[index]
        if (event !== undefined) Workers.record(sim, row, n, event, fence, nowMs)
        Rows.checkAgain(sim, row, n)
      })
      Workers.rest(sim, worker)
    })
  })
  return true
}

const ask = (sim: Sim, members: ReadonlyArray<Member>): ReadonlyArray<DeliveryEvent> => {
  const nowMs = sim.time.nowMs()
  return members.map(({ n, row }) => {
    if (sim.capabilities.lookup === "none") return { _tag: "NoLookup", n }
    const message = CarrierBook.find(sim.carrier, Rows.referenceOf(row, n), nowMs)
    if (message === undefined) return { _tag: "NotFound", n }
    const told = stateOf(message, nowMs)
    if (told !== undefined) receive(sim, reportOf(message, told, true))
    return { _tag: "AcceptanceSeen", n, carrierMessageId: message.id, via: "lookup" }
  })
}
