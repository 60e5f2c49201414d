/**
 * What lies between a worker and the carrier of a run: requests get lost or come late, and so do
 * answers.
 *
 * **Source** — fault list C1 to C5; delivery protocol 2.4, Deadline.
 */
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import * as Notification from "../../delivery/Notification.ts"
import type { Silence } from "../model/Rules.ts"
import * as CarrierBook from "./CarrierBook.ts"
import * as Rows from "./Rows.ts"
import { type Member, type Sim, trace, type Worker } from "./Sim.ts"
import { spread, strikes } from "./Strikes.ts"
import { dies } from "./Workers.ts"

/** What a worker makes of its request for each member. */
export type EventOf = (n: number, index: number) => DeliveryEvent

const latencyMs = 40
const second = 1000
const hour = 3_600_000

/** Longest a request lives on the wire where pauses are bounded: less than the settle delay. */
const boundedMs = 100 * second

/** Nothing was sent, and that is certain. */
export const notSent =
  (code: string, notBeforeMs: number): EventOf =>
  (n) => ({ _tag: "ProvenNotSent", n, code, notBeforeMs, stored: false })

/** Sends a request off; `finish` is told once, by the answer or by the deadline. */
export const depart = (
  sim: Sim,
  worker: Worker,
  marked: ReadonlyArray<Member>,
  finish: (eventOf: EventOf) => void
): void => {
  const { all, policy, rules, time } = sim
  const nowMs = time.nowMs()
  if (strikes(all, "connection refused")) {
    return finish(notSent("CONNECT_REFUSED", nowMs + policy.scanMs))
  }
  const requests = marked.map((member) => requestOf(sim, member))
  sim.departures.push({ atMs: nowMs, references: requests.map((one) => one.frozen.reference) })
  trace(sim, nowMs)
  let open = true
  const end = (eventOf: EventOf): void => {
    if (open) finish(eventOf)
    open = false
  }
  const silence = (kind: Silence) => (): void => end((n) => rules.read(n, kind))
  const lost = strikes(all, "request lost")
  const answerLost = strikes(all, "answer lost")
  const dead = dies(sim, worker, "crash in flight")
  const timeout = silence(answerLost ? "answer lost" : "timeout")
  if (!dead) time.at(nowMs + policy.requestDeadlineMs, timeout)
  if (lost) return
  const longest = sim.bounded ? boundedMs : 8 * hour
  const lateMs = strikes(all, "request late") ? spread(all, "request late", longest) : 0
  time.at(nowMs + latencyMs + lateMs, () => {
    const answer = arrive(sim, requests)
    if (dead || answerLost) return
    const backMs = strikes(all, "answer late") ? spread(all, "answer late", 90 * second) : 0
    time.at(time.nowMs() + latencyMs + backMs, () => {
      if (answer === "5xx") silence("5xx")()
      else end(answer)
    })
  })
}

const requestOf = (sim: Sim, { n, row }: Member): CarrierBook.Request => {
  const attempt = Notification.attemptAt(row.notification, n)
  const { frozen } = Rows.sideOf(row, n)
  if (attempt === undefined || frozen === null) throw new Error("what was marked has bytes")
  const key = frozen.reference * 64 + sim.rules.keyOf(attempt)
  return { frozen, key, validUntilMs: attempt.validUntilMs }
}

/** What the carrier does with a request, and what it answers. */
const arrive = (sim: Sim, requests: ReadonlyArray<CarrierBook.Request>): EventOf | "5xx" => {
  const { all, carrier, time } = sim
  const nowMs = time.nowMs()
  if (nowMs < sim.downUntilMs || strikes(all, "5xx before acceptance")) return "5xx"
  if (strikes(all, "request throttled")) {
    const untilMs = nowMs + 30 * second
    sim.notBeforeMs = Math.max(sim.notBeforeMs, untilMs)
    return notSent("429", untilMs)
  }
  const answers = requests.map((request) => CarrierBook.take(carrier, request, nowMs))
  if (strikes(all, "5xx after acceptance")) return "5xx"
  return (n, index) => eventOf(n, answers[index], nowMs)
}

const eventOf = (
  n: number,
  answer: CarrierBook.Answer | undefined,
  nowMs: number
): DeliveryEvent => {
  switch (answer?._tag) {
    case "Accepted":
      return { _tag: "AcceptanceSeen", n, carrierMessageId: answer.id, via: "answer" }
    case "Refused":
      return { _tag: "RefusalSeen", n, failure: answer.failure, stored: answer.stored }
    case "Throttled": {
      const notBeforeMs = nowMs + answer.retryAfterMs
      return { _tag: "ProvenNotSent", n, code: "429", notBeforeMs, stored: answer.stored }
    }
    case "Unclear":
    case undefined:
      return { _tag: "OutcomeUnknown", n }
  }
}
