/**
 * What a worker does with what is due: claim (T2), ask and render, mark (T3), one request, record
 * (T4). It may die or stand still between any two of these; what it has put on the wire arrives all
 * the same.
 *
 * **Source** — delivery protocol 2.4; fault list P1 to P3.
 */
import * as Deadline from "../../delivery/Deadline.ts"
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as Render from "../../message/Render.ts"
import * as Consequences from "../../ports/store/Consequences.ts"
import * as MayContact from "../../recipient/MayContact.ts"
import * as Following from "./Following.ts"
import * as Network from "./Network.ts"
import * as Rows from "./Rows.ts"
import * as Workers from "./Workers.ts"
import { contextOf, type Frozen, type Member, type Row, type Sim, type Worker } from "./Sim.ts"
import { strikes } from "./Strikes.ts"

/** Both clocks of a process that neither steps nor sleeps. */
const reading = (ms: number): Deadline.ClockReading => ({ monotonicMs: ms, wallMs: ms })

/** A worker looks for something to do: what is unresolved first, then what is due. */
export const work = (sim: Sim, worker: Worker, epoch: number): void => {
  if (worker.epoch !== epoch) return
  if (sim.asks.length > 0 && Following.reconcile(sim, worker)) return
  if (sim.ready.length > 0 && submit(sim, worker)) return
  worker.busy = false
}

/** Whether anything may be claimed now; where not, when to look again. */
const closesMs = (sim: Sim): number | null => {
  const nowMs = sim.time.nowMs()
  const window = Rows.windowNow(sim)
  const fromMs = Math.max(window.opensMs, sim.pausedUntilMs, sim.notBeforeMs)
  if (fromMs <= nowMs) return window.closesMs
  Rows.pokeAt(sim, fromMs)
  return null
}

/** A batch under way. */
export interface Batch {
  readonly worker: Worker
  readonly fence: number
  readonly startedMs: number
  readonly windowClosesMs: number
  readonly validUntilMs: number | null
  readonly members: ReadonlyArray<Member>
}

const submit = (sim: Sim, worker: Worker): boolean => {
  const windowClosesMs = closesMs(sim)
  if (windowClosesMs === null) return false
  const nowMs = sim.time.nowMs()
  const fence = ++sim.fence
  const members: Array<Member> = []
  while (members.length < sim.batch) {
    const member = sim.ready.shift()
    if (member === undefined) break
    const { n, row } = member
    const attempt = Notification.attemptAt(row.notification, n)
    if (attempt?.state !== "pending" || attempt.dueMs > nowMs) continue
    if (!Rows.apply(sim, row, { _tag: "Claimed", n })) continue
    const side = Rows.sideOf(row, n)
    side.fence = fence
    side.leaseUntilMs = nowMs + sim.policy.leaseMs
    members.push(member)
  }
  if (members.length === 0) return false
  Workers.leaseEnds(sim, members, fence)
  const { capabilities, policy, rules, skewMs } = sim
  const validUntilMs = rules.validUntilMs(nowMs, windowClosesMs, policy, capabilities, skewMs)
  const batch = { worker, fence, startedMs: nowMs, windowClosesMs, validUntilMs, members }
  if (!rules.marksApart) {
    prepare(sim, batch, 0)
    return true
  }
  if (Workers.dies(sim, worker, "crash after claim")) return true
  Workers.next(sim, worker, 15, () => prepare(sim, batch, 25))
  return true
}

/** What was made of a member: a message to mark, an event that ends it, or nothing. */
type Prepared =
  | { readonly frozen: Frozen; readonly earlierAskedMs: number | null }
  | { readonly end: DeliveryEvent }
  | undefined

/** Asks the bank, and the carrier about earlier attempts; renders what is new. */
const prepare = (sim: Sim, batch: Batch, afterMs: number): void => {
  const askedMs = sim.time.nowMs()
  const silent = strikes(sim.all, "bank silent")
  const prepared = batch.members.map(({ n, row }) =>
    silent ? undefined : prepareOne(sim, row, n, askedMs)
  )
  if (afterMs === 0) return mark(sim, batch, prepared, askedMs)
  if (Workers.dies(sim, batch.worker, "crash before mark")) return
  Workers.next(sim, batch.worker, afterMs, () => mark(sim, batch, prepared, askedMs))
}

const prepareOne = (sim: Sim, row: Row, n: number, askedMs: number): Prepared => {
  const person = sim.people[row.customer]
  const month = sim.era.months[row.month]?.month
  const known = Rows.sideOf(row, n).frozen
  const to = known?.to ?? person?.check?.e164 ?? undefined
  if (person === undefined || month === undefined || to === undefined) return undefined
  const { bank, customerId } = person
  const facts = { customerId, msisdn: to, bank, exclusions: [], suppressions: [] }
  const answer = MayContact.decide(facts, "service", askedMs)
  if (answer._tag === "NoAnswer") return undefined
  if (answer._tag === "Refused") {
    const { reason } = answer
    return answer.as === "excluded"
      ? { end: { _tag: "Withdrawn", reason: `excluded:${reason}` } }
      : { end: { _tag: "Suppressed", reason } }
  }
  const earlierAskedMs = n > 1 && Following.earlierDead(sim, row, n) ? askedMs : null
  if (known !== null) return { frozen: known, earlierAskedMs }
  const { firstName, language } = person
  const made = Render.render(sim.messages, { firstName, language, month })
  if (made._tag === "Unrenderable") {
    return { end: { _tag: "Withdrawn", reason: `unrenderable:${made.reason}` } }
  }
  const { size, text } = made
  const frozen = { reference: Rows.referenceOf(row, n), to, text, parts: size.segments }
  return { frozen, earlierAskedMs }
}

/** T3: guard and mark in one step; what may not be marked goes back or ends. */
const mark = (sim: Sim, batch: Batch, prepared: ReadonlyArray<Prepared>, askedMs: number): void => {
  const { marginMs, requestDeadlineMs } = sim.policy
  const nowMs = sim.time.nowMs()
  const marked: Array<Member> = []
  batch.members.forEach((member, index) => {
    const { n, row } = member
    const side = Rows.sideOf(row, n)
    const holds =
      side.fence === batch.fence && side.leaseUntilMs > nowMs + requestDeadlineMs + marginMs
    if (sim.rules.marksUnderFence && !holds) return
    const made = prepared[index]
    if (made !== undefined && "end" in made) Rows.apply(sim, row, made.end)
    else if (made !== undefined && markOne(sim, batch, member, made, askedMs)) {
      marked.push(member)
      return
    }
    const notBeforeMs = nowMs + sim.policy.scanMs
    Rows.apply(sim, row, { _tag: "MarkRefused", n, notBeforeMs })
  })
  if (marked.length === 0) return Workers.rest(sim, batch.worker)
  if (Workers.dies(sim, batch.worker, "crash after mark")) return
  Workers.next(sim, batch.worker, 10, () => send(sim, batch, marked))
}

const markOne = (
  sim: Sim,
  batch: Batch,
  { n, row }: Member,
  made: { readonly frozen: Frozen; readonly earlierAskedMs: number | null },
  askedMs: number
): boolean => {
  const nowMs = sim.time.nowMs()
  const context = contextOf(sim, row, nowMs)
  const refused = sim.rules.guard(row.notification, n, context, {
    windowClosesMs: batch.windowClosesMs,
    contactAskedMs: Consequences.contactAskedMs(askedMs, context),
    paused: sim.pausedUntilMs > nowMs,
    circuitAllows: true,
    incarnationConfirmed: true,
    earlierReceiptsFolded: !row.sides.some((side, index) => index < n - 1 && side.unfolded > 0),
    earlierAskedMs: made.earlierAskedMs
  })
  if (refused !== undefined) return false
  const side = Rows.sideOf(row, n)
  side.frozen ??= made.frozen
  const { parts } = side.frozen
  const { validUntilMs } = batch
  return Rows.apply(sim, row, { _tag: "Marked", n, validUntilMs, parts })
}

/** The one request of a batch, if it may still start. */
const send = (sim: Sim, batch: Batch, marked: ReadonlyArray<Member>): void => {
  const nowMs = sim.time.nowMs()
  const deadline = Deadline.after(reading(batch.startedMs), sim.policy)
  const finish = (eventOf: Network.EventOf): void => {
    if (Workers.dies(sim, batch.worker, "crash before record")) return
    Workers.next(sim, batch.worker, 5, () => recordAll(sim, batch, marked, eventOf))
  }
  if (!Deadline.mayStart(deadline, reading(nowMs))) {
    return finish(Network.notSent("DEADLINE_PASSED", nowMs + sim.policy.scanMs))
  }
  Network.depart(sim, batch.worker, marked, finish)
}

const recordAll = (
  sim: Sim,
  { fence, worker }: Batch,
  marked: ReadonlyArray<Member>,
  eventOf: Network.EventOf
): void => {
  const nowMs = sim.time.nowMs()
  // A commit whose outcome nobody knows is done again.
  const times = strikes(sim.all, "commit unknown") ? 2 : 1
  for (let time = 0; time < times; time++) {
    marked.forEach(({ n, row }, index) => {
      Workers.record(sim, row, n, eventOf(n, index), fence, nowMs)
    })
  }
  if (Workers.dies(sim, worker, "crash after record")) return
  Workers.rest(sim, worker)
}
