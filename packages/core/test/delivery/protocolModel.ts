/**
 * Every interleaving of one message, two workers, a carrier and a bounded number of faults, over
 * the
 * real `Delivery.step`. Small on purpose: no batches, no parts, no restore, no clock skew.
 */
import * as Attempt from "../../src/delivery/Attempt.ts"
import type { CarrierCapabilities } from "../../src/delivery/CarrierCapabilities.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import { guard } from "../../src/delivery/MarkGuard.ts"
import * as Notification from "../../src/delivery/Notification.ts"
import * as Reconcile from "../../src/delivery/Reconcile.ts"
import * as RetryPolicy from "../../src/delivery/RetryPolicy.ts"
import { carrier, clock0, failure, granted, hour, t0 } from "./carriers.ts"

export interface Exploration {
  readonly carrierClass: string
  readonly faults: number
  /** A request reaches the carrier before the settle delay is over, or never. */
  readonly bounded: boolean
  readonly optOut: boolean
  readonly step?: typeof Delivery.step
  readonly keyWindowMs?: number
  readonly maxStates: number
}

export interface Explored {
  readonly states: number
  readonly complete: boolean
  /** The first trace to each kind of violation. */
  readonly violations: ReadonlyMap<string, string>
  /** End states of the notification with the number of messages accepted, as `delivered/1`. */
  readonly ends: ReadonlySet<string>
  readonly facts: ReadonlySet<string>
}

/** What a carrier keeps under a key, or answers: accepted, refused, refused from memory. */
type Answer = "accepted" | "refused" | "stored"
type At = "idle" | "claimed" | "marked" | "waiting"
interface Worker {
  readonly at: At
  readonly n: number
  readonly owns: boolean
}
interface Request {
  readonly n: number
  readonly generation: number
  readonly validUntilMs: number | null
  /** The waiting worker, or -1. */
  readonly by: number
  readonly answer: Answer | null
}
interface AtCarrier {
  readonly accepted: number
  readonly handset: "none" | "underway" | "delivered" | "dead"
  readonly validUntilMs: number | null
  readonly told: boolean
}
interface State {
  readonly notification: Notification.Notification
  readonly passedMs: number
  readonly suppressed: boolean
  readonly workers: ReadonlyArray<Worker>
  readonly network: ReadonlyArray<Request>
  readonly carrier: ReadonlyArray<AtCarrier>
  readonly keys: Readonly<Record<string, "accepted" | "refused">>
  readonly faults: number
  readonly broken: string
}
/** `progress` must happen in the end; `maybe` and `fault` need not. */
type Kind = "progress" | "maybe" | "fault"
type Move = readonly [label: string, kind: Kind, next: State]

const idle: Worker = { at: "idle", n: 0, owns: false }
const policy = { ...RetryPolicy.defaults, maxConsumed: 2, maxRows: 3, replayCap: 2 }
const empty: AtCarrier = { accepted: 0, handset: "none", validUntilMs: null, told: false }

class Model {
  readonly facts = new Set<string>()
  readonly capabilities: CarrierCapabilities
  readonly step: typeof Delivery.step
  readonly config: Exploration
  constructor(config: Exploration) {
    this.config = config
    this.capabilities = carrier(config.carrierClass, config.keyWindowMs)
    this.step = config.step ?? Delivery.step
  }

  start(): State {
    const begun: State = {
      notification: Notification.held,
      passedMs: 0,
      suppressed: false,
      workers: [idle, idle],
      network: [],
      carrier: Array.from({ length: policy.maxRows }, () => empty),
      keys: {},
      faults: 0,
      broken: ""
    }
    return this.apply(begun, { _tag: "Released", expiryMs: t0 + 20 * hour })
  }

  context(s: State): Delivery.DeliveryContext {
    return {
      nowMs: t0 + s.passedMs,
      clockMs: clock0 + s.passedMs,
      policy,
      capabilities: this.capabilities,
      standing: { withdrawnReason: null, suppressedReason: s.suppressed ? "OPT_OUT" : null }
    }
  }

  apply(s: State, event: Delivery.DeliveryEvent): State {
    const { notification, facts } = this.step(s.notification, event, this.context(s))
    for (const fact of facts) this.facts.add(fact._tag)
    return notification === s.notification ? s : { ...s, notification }
  }

  moves(s: State): ReadonlyArray<Move> {
    const out: Array<Move> = []
    const add = (label: string, kind: Kind, next: State) => {
      if (kind !== "fault") out.push([label, kind, next])
      else if (s.faults < this.config.faults) {
        out.push([label, kind, { ...next, faults: s.faults + 1 }])
      }
    }
    this.workerMoves(s, add)
    s.network.forEach((request, i) => this.carrierMoves(s, request, i, add))
    for (const row of s.notification.attempts) this.rowMoves(s, row, add)
    this.timeMoves(s, add)
    if (this.config.optOut && !s.suppressed) {
      const next = { ...s, suppressed: true }
      add("opt-out", "maybe", this.apply(next, { _tag: "Suppressed", reason: "OPT_OUT" }))
    }
    return out
  }

  private workerMoves(s: State, add: (l: string, k: Kind, n: State) => void): void {
    const nowMs = t0 + s.passedMs
    const first = s.workers.findIndex((worker) => worker.at === "idle")
    s.workers.forEach((worker, i) => {
      const become = (next: Worker, from: State = s): State => ({
        ...from,
        workers: from.workers.map((other, j) => (j === i ? next : other))
      })
      const { n, owns } = worker
      if (worker.at === "idle") {
        if (i !== first) return
        for (const row of s.notification.attempts) {
          if (row.state !== "pending" || row.dueMs > nowMs) continue
          const claimed = this.apply(disown(s, row.n), { _tag: "Claimed", n: row.n })
          add(
            `claim ${row.n}`,
            "progress",
            become({ at: "claimed", n: row.n, owns: true }, claimed)
          )
        }
        return
      }
      const orphaned = s.network.map((request) =>
        request.by === i ? { ...request, by: -1 } : request
      )
      add(`crash ${n}`, "fault", { ...become(idle), network: orphaned })
      if (worker.at === "claimed") {
        const [next, marked] = owns ? this.mark(s, n) : ([s, false] as const)
        add(`T3 ${n}`, "progress", become(marked ? { ...worker, at: "marked" } : idle, next))
      } else if (worker.at === "marked") {
        if (!owns && this.config.bounded) add(`too late ${n}`, "progress", become(idle))
        else {
          const row = Notification.attemptAt(s.notification, n)
          const generation = row?.keyGeneration ?? 0
          const validUntilMs = row?.validUntilMs ?? null
          const request: Request = { n, generation, validUntilMs, by: i, answer: null }
          const sent = { ...s, network: [...s.network, request] }
          add(`send ${n}`, "progress", become({ ...worker, at: "waiting" }, sent))
        }
      } else this.answerMoves(s, worker, i, become, add)
    })
  }

  private answerMoves(
    s: State,
    { n, owns }: Worker,
    i: number,
    become: (next: Worker, from?: State) => State,
    add: (l: string, k: Kind, n: State) => void
  ): void {
    const request = s.network.find((one) => one.by === i)
    const without = { ...s, network: s.network.filter((one) => one !== request) }
    const record = (from: State, event: Delivery.DeliveryEvent) =>
      owns || event._tag === "AcceptanceSeen" ? this.apply(from, event) : from
    const unknown = { _tag: "OutcomeUnknown", n } as const
    if (request === undefined) {
      add(`timeout ${n}`, "progress", become(idle, record(s, unknown)))
    } else if (request.answer === null) {
      const left = { ...s, network: s.network.map((one) => (one === request ? gone(one) : one)) }
      add(`slow ${n}`, "fault", become(idle, record(left, unknown)))
      const event = { _tag: "ProvenNotSent", n, code: "CONNECT", notBeforeMs: null } as const
      const refused = record(without, { ...event, stored: false })
      add(`connect refused ${n}`, "fault", become(idle, refused))
    } else {
      const event: Delivery.DeliveryEvent =
        request.answer === "accepted"
          ? { _tag: "AcceptanceSeen", n, carrierMessageId: `m${n}`, via: "answer" }
          : {
              _tag: "RefusalSeen",
              n,
              failure: failure(),
              stored: request.answer === "stored"
            }
      add(`T4 ${request.answer} ${n}`, "progress", become(idle, record(without, event)))
      add(`answer lost ${n}`, "fault", become(idle, record(without, unknown)))
    }
  }

  private mark(s: State, n: number): readonly [State, boolean] {
    const context = this.context(s)
    const dead = s.carrier.slice(0, n - 1).every((at) => at.accepted === 0 || at.handset === "dead")
    const facts = { ...granted(context.nowMs), earlierAskedMs: dead ? context.nowMs : null }
    if (guard(s.notification, n, context, facts) !== undefined) {
      return [this.apply(s, { _tag: "MarkRefused", n }), false]
    }
    const closesMs = facts.windowClosesMs ?? 0
    const validUntilMs = RetryPolicy.validUntilMs(
      context.nowMs,
      closesMs,
      policy,
      this.capabilities,
      0
    )
    const next = this.apply(s, { _tag: "Marked", n, validUntilMs, parts: 1 })
    const broken = s.suppressed ? "marked after the opt-out" : ""
    return [broken === "" ? next : { ...next, broken }, true]
  }

  private carrierMoves(
    s: State,
    request: Request,
    i: number,
    add: (l: string, k: Kind, n: State) => void
  ): void {
    const { n } = request
    const rest = s.network.filter((one) => one !== request)
    if (request.answer !== null) {
      if (request.by < 0) add(`answer to nobody ${n}`, "progress", { ...s, network: rest })
      return
    }
    const answer = (to: Answer, from: State = s): State => ({
      ...from,
      network: request.by < 0 ? rest : s.network.with(i, { ...request, answer: to })
    })
    add(`request lost ${n}`, "fault", { ...s, network: rest })
    const key = `${n}.${request.generation}`
    const known = this.capabilities.idempotency === "none" ? undefined : s.keys[key]
    const isOver = request.validUntilMs !== null && t0 + s.passedMs >= request.validUntilMs
    if (known !== undefined) {
      add(`replays ${n}`, "progress", answer(known === "refused" ? "stored" : known))
    } else if (isOver) add(`arrives expired ${n}`, "progress", answer("refused"))
    else {
      const accepted = this.accept(s, request, key)
      add(`accepts ${n}`, "progress", answer("accepted", accepted))
      const refused: State = { ...s, keys: { ...s.keys, [key]: "refused" } }
      add(`refuses ${n}`, "maybe", answer("refused", refused))
    }
  }

  private accept(s: State, { n, validUntilMs }: Request, key: string): State {
    const before = s.carrier[n - 1] ?? empty
    const carrier = s.carrier.with(n - 1, {
      ...before,
      accepted: before.accepted + 1,
      handset: "underway",
      validUntilMs
    })
    const live = carrier.filter((at) => at.handset === "underway" || at.handset === "delivered")
    const broken =
      before.accepted > 0
        ? "two acceptances under one reference"
        : live.length > 1
          ? "two live messages"
          : ""
    return { ...s, carrier, keys: { ...s.keys, [key]: "accepted" }, broken }
  }

  private rowMoves(
    s: State,
    row: Attempt.Attempt,
    add: (l: string, k: Kind, n: State) => void
  ): void {
    const { n, state } = row
    const at = s.carrier[n - 1] ?? empty
    const looksUp = this.capabilities.lookup !== "none"
    if (at.handset === "underway") {
      const put = (handset: AtCarrier["handset"]): State => ({
        ...s,
        carrier: s.carrier.with(n - 1, { ...at, handset })
      })
      add(`arrives ${n}`, "maybe", put("delivered"))
      add(`dies ${n}`, "maybe", put("dead"))
    } else if (at.handset !== "none" && !at.told) {
      const word = at.handset === "dead" ? "failed" : "delivered"
      const told = { ...s, carrier: s.carrier.with(n - 1, { ...at, told: true }) }
      const receipt = {
        state: word,
        part: 1,
        parts: 1,
        failure: word === "failed" ? failure() : null
      } as const
      const next = this.apply(told, { _tag: "ReceiptSeen", n, receipt })
      add(`receipt ${word} ${n}`, looksUp ? "progress" : "maybe", next)
    }
    if (state === "claimed" || state === "submitting") {
      const held = s.workers.some((worker) => worker.n === n && worker.owns)
      const over = this.apply(disown(s, n), { _tag: "LeaseOver", n })
      add(`lease over ${n}`, held ? "fault" : "progress", over)
    }
    const found = { _tag: "AcceptanceSeen", n, carrierMessageId: `m${n}`, via: "lookup" } as const
    const later = s.notification.attempts.slice(n).some((next) => Attempt.isUnmarked(next))
    if (state === "void" && looksUp && at.accepted > 0 && later) {
      add(`found after all ${n}`, "progress", this.apply(disownAll(s), found))
    }
    if (state !== "unknown") return
    const action = Reconcile.reconcile(s.notification, row, this.context(s))
    if (action._tag === "Wait") return
    const event =
      action._tag !== "Ask"
        ? ({ _tag: "NoLookup", n } as const)
        : at.accepted > 0
          ? found
          : ({ _tag: "NotFound", n } as const)
    const next = this.apply(disown(s, n), event)
    if (next.notification !== s.notification) add(`${event._tag} ${n}`, "progress", next)
  }

  private timeMoves(s: State, add: (l: string, k: Kind, n: State) => void): void {
    const nowMs = t0 + s.passedMs
    const { attempts } = s.notification
    if (attempts.some((row) => row.state === "claimed" || row.state === "submitting")) return
    if (this.config.bounded && s.network.some((request) => request.answer === null)) return
    const timer = Notification.nextTimerMs(s.notification, policy, this.capabilities)
    if (timer !== null && timer <= nowMs) {
      add("time passed", "progress", this.apply(s, { _tag: "TimePassed" }))
      return
    }
    let nextMs = timer ?? Number.POSITIVE_INFINITY
    const at = (instantMs: number | null) => {
      if (instantMs !== null && instantMs > nowMs) nextMs = Math.min(nextMs, instantMs)
    }
    for (const row of attempts) {
      if (row.state === "pending") at(row.dueMs)
      if (row.state !== "unknown") continue
      if (row.unknownSinceMs !== null) {
        at(row.unknownSinceMs - clock0 + t0 + RetryPolicy.settleMs(policy, this.capabilities))
      }
      if (row.validUntilMs !== null) at(row.validUntilMs + policy.skewMs)
    }
    if (!Number.isFinite(nextMs)) return
    const carrier = s.carrier.map((one) =>
      one.handset === "underway" && one.validUntilMs !== null && nextMs >= one.validUntilMs
        ? { ...one, handset: "dead" as const }
        : one
    )
    add(`+${Math.round((nextMs - nowMs) / 60_000)} min`, "progress", {
      ...s,
      carrier,
      passedMs: nextMs - t0
    })
  }
}

const gone = (request: Request): Request => ({ ...request, by: -1 })
const disown = (s: State, n: number): State => ({
  ...s,
  workers: s.workers.map((worker) => (worker.n === n ? { ...worker, owns: false } : worker))
})
const disownAll = (s: State): State => ({
  ...s,
  workers: s.workers.map((worker) => ({ ...worker, owns: false }))
})

/** Objects are shared between states, so each is written once. */
const written = new WeakMap<object, string>()
const write = (value: object): string => {
  const known = written.get(value)
  if (known !== undefined) return known
  const fields = Object.entries(value).map(([name, field]) =>
    typeof field === "object" && field !== null ? write(field) : `${name}${String(field)}`
  )
  const text = `(${fields.join()})`
  written.set(value, text)
  return text
}

/** Workers are alike: a state and its mirror image are one. */
const keyOf = (s: State): string => {
  const workers = s.workers
    .map((worker, i) => {
      const request = s.network.find((one) => one.by === i)
      return `${worker.at}${worker.n}${worker.owns}${request === undefined ? "" : unsent(request)}`
    })
    .toSorted()
  const lost = s.network.filter((request) => request.by < 0).map(unsent)
  const { notification, passedMs, suppressed, carrier, keys, faults, broken } = s
  const rest = [write(notification), write(carrier), write(keys), ...lost.toSorted()]
  return [passedMs, suppressed, faults, broken, ...rest, ...workers].join("|")
}

const unsent = ({ n, generation, validUntilMs, answer }: Request): string =>
  `(${n}.${generation} ${validUntilMs} ${answer})`

/** What is wrong with a state in which nothing more has to happen. */
const verdict = (s: State): string => {
  const { notification } = s
  const { state } = notification
  if (!Notification.isTerminal(state) && state !== "escalated") return `silent loss: ends ${state}`
  if (state === "delivered" && !s.carrier.some((at) => at.handset === "delivered")) {
    return "delivered, but no handset has it"
  }
  for (const row of notification.attempts) {
    const at = s.carrier[row.n - 1] ?? empty
    const denies = row.state === "refused" || row.state === "void" || row.state === "cancelled"
    if (denies && at.accepted > 0) return `row ${row.state}, but the carrier accepted`
    if (row.state === "accepted" && at.accepted === 0)
      return "row accepted, but the carrier did not"
  }
  const silent = state === "suppressed" || state === "expired" || state === "withdrawn"
  const live = s.carrier.some((at) => at.handset === "underway" || at.handset === "delivered")
  return silent && live ? `${state}, but a message lives` : ""
}

export const explore = (config: Exploration): Explored => {
  const model = new Model(config)
  const index = new Map<string, number>()
  const parents: Array<number> = []
  const labels: Array<string> = []
  const progress: Array<Array<number>> = []
  const good: Array<boolean> = []
  const violations = new Map<string, string>()
  const ends = new Set<string>()
  const trace = (at: number): string => {
    const steps: Array<string> = []
    for (let i = at; i > 0; i = parents[i] ?? 0) steps.unshift(labels[i] ?? "")
    return steps.join("; ")
  }
  const report = (what: string, at: number) => {
    if (!violations.has(what)) violations.set(what, trace(at))
  }
  const queue: Array<State> = []
  const enter = (s: State, parent: number, label: string): number => {
    const key = keyOf(s)
    const known = index.get(key)
    if (known !== undefined) return known
    const at = queue.push(s) - 1
    index.set(key, at)
    parents.push(parent)
    labels.push(label)
    progress.push([])
    good.push(false)
    return at
  }
  enter(model.start(), 0, "")
  let next = 0
  for (; next < queue.length && queue.length < config.maxStates; next++) {
    const s = queue[next]
    if (s === undefined) break
    if (s.broken !== "") {
      report(s.broken, next)
      good[next] = true
      continue
    }
    for (const [label, kind, to] of model.moves(s)) {
      const at = enter(to, next, label)
      if (kind === "progress" && at !== next) progress[next]?.push(at)
    }
    if ((progress[next] ?? []).length > 0) continue
    good[next] = true
    const wrong = verdict(s)
    if (wrong !== "") report(wrong, next)
    const accepted = s.carrier.reduce((sum, at) => sum + at.accepted, 0)
    ends.add(`${s.notification.state}/${accepted}`)
  }
  const complete = next === queue.length
  if (complete) {
    const stuck = firstThatNeverEnds(progress, good)
    if (stuck !== undefined) report("livelock", stuck)
  }
  return { states: queue.length, complete, violations, ends, facts: model.facts }
}

/** A state from which no sequence of necessary moves comes to rest. */
const firstThatNeverEnds = (
  progress: ReadonlyArray<ReadonlyArray<number>>,
  good: ReadonlyArray<boolean>
): number | undefined => {
  const before: Array<Array<number>> = progress.map(() => [])
  progress.forEach((targets, from) => {
    for (const to of targets) before[to]?.push(from)
  })
  const ends = good.slice()
  const open = ends.flatMap((isGood, at) => (isGood ? [at] : []))
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const from of before[at] ?? []) {
      if (ends[from] === true) continue
      ends[from] = true
      open.push(from)
    }
  }
  const stuck = ends.indexOf(false)
  return stuck < 0 ? undefined : stuck
}
