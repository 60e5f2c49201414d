/**
 * The time a sandbox server lives in: the process clock until somebody tells it another, and from
 * then on only what it is told. It never goes back.
 *
 * **Source** — product rules, "Two times": sandbox servers are told business time.
 */
import type { SandboxReply } from "@tidemark/core/sandbox"
import type { SandboxRequest } from "./LoopbackServer.ts"

export interface BusinessClock {
  readonly nowMs: () => number
  /** Whether business time was ever told. */
  readonly isTold: () => boolean
  readonly tell: (nowMs: number) => void
}

/** `null` starts with the process clock. */
export const make = (startMs: number | null, processNowMs: () => number): BusinessClock => {
  let told = startMs
  return {
    nowMs: () => told ?? processNowMs(),
    isTold: () => told !== null,
    tell: (nowMs) => {
      told = told === null ? nowMs : Math.max(told, nowMs)
    }
  }
}

/** The body of `GET /sandbox/clock`, and the answer of `PUT`. */
export const show = (clock: BusinessClock): SandboxReply.Reply<unknown> => {
  const nowMs = clock.nowMs()
  const now = new Date(nowMs).toISOString()
  return { _tag: "Answer", body: { nowMs, now, told: clock.isTold() }, cut: "no" }
}

/** The instant of a `PUT /sandbox/clock`: `{"nowMs": 1788000000000}` or `{"now": "2026-09-…Z"}`. */
export const read = (request: SandboxRequest): number | undefined => {
  const { body } = request
  if (typeof body !== "object" || body === null) return undefined
  const nowMs = "nowMs" in body ? body.nowMs : "now" in body ? Date.parse(String(body.now)) : null
  return typeof nowMs === "number" && Number.isSafeInteger(nowMs) ? nowMs : undefined
}
