/**
 * Where a check of the carrier contract works: the adapter, the hands that move its carrier, and
 * the
 * messages every check speaks of.
 */
import * as Effect from "effect/Effect"
import { readClocks } from "../../ports/ProcessClocks.ts"
import type { SmsCarrier, Submission, SubmissionOutcome } from "../../ports/SmsCarrier.ts"
import type { Msisdn } from "../../recipient/Msisdn.ts"
import type * as Contract from "../Contract.ts"
import type { CarrierAudit } from "../SandboxCarrierLog.ts"
import type { CarrierScript } from "../SandboxScript.ts"

/** A fresh carrier and its adapter. */
export interface CarrierDesk {
  readonly carrier: (typeof SmsCarrier)["Service"]
  /** Business time is now this; what is due by then was told when this returns. */
  readonly tell: (nowMs: number) => Effect.Effect<void>
  /** The carrier's own record; asked for only of a scripted carrier. */
  readonly audit: Effect.Effect<CarrierAudit>
}

/** The carrier a check needs: it lives in business time and misbehaves by this script. */
export interface CarrierSetup {
  readonly script: CarrierScript
  readonly nowMs: number
}

/** Makes the carrier of a check. */
export type MakeCarrier = Contract.Make<CarrierSetup, CarrierDesk>

export type CarrierCheck = Contract.Check<CarrierSetup, CarrierDesk>

export const check = (
  name: string,
  script: CarrierScript,
  body: Contract.Body<CarrierDesk>
): CarrierCheck => ({
  name,
  setup: { script, nowMs: startMs },
  needs: "scripted",
  run: Effect.fnUntraced(body)
})

/**
 * A check that asks neither for faults, nor for business time, nor for the carrier's own record.
 */
export const honestly = (name: string, body: Contract.Body<CarrierDesk>): CarrierCheck => ({
  ...check(name, [], body),
  needs: "honest"
})

/** Monday, 5 October 2026, 09:00 in Jerusalem. */
export const startMs = 1_791_180_000_000
export const hour = 3_600_000

export const message = (n: number, change: Partial<Submission> = {}): Submission => ({
  reference: `reference-${n}`,
  idempotencyKey: `reference-${n}.0`,
  // A number of the range nobody was given.
  to: `+9725270${String(n).padStart(5, "0")}` as Msisdn,
  senderId: "Tidemark",
  text: "Thank you, דנה",
  validUntilMs: startMs + 5 * hour,
  ...change
})

export const messages = (count: number): ReadonlyArray<Submission> =>
  Array.from({ length: count }, (_, index) => message(index + 1))

export const submit = (desk: CarrierDesk, batch: ReadonlyArray<Submission>, allowedMs = 60_000) =>
  Effect.flatMap(readClocks, (startedAt) =>
    desk.carrier.submit({
      batchId: "batch",
      messages: batch,
      deadline: { startedAt, allowedMs }
    })
  )

export const tags = (outcomes: ReadonlyArray<SubmissionOutcome>) => outcomes.map(({ _tag }) => _tag)

export const tagOf = (outcomes: ReadonlyArray<SubmissionOutcome>, n: number) =>
  outcomes.find(({ reference }) => reference === `reference-${n}`)?._tag
