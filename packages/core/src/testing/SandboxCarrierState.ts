/**
 * What the sandbox carrier knows, and the shapes of the wire it speaks: options, messages, answers,
 * receipts.
 *
 * **Source** — delivery protocol 1.5 (the default contract), 2.7; fault list of the carrier.
 */
import type * as Fates from "./SandboxFates.ts"
import type { Accepted } from "./SandboxCarrierLog.ts"
import * as Script from "./SandboxScript.ts"

/** What a carrier sandbox is made of; durations in milliseconds of business time. */
export interface CarrierOptions {
  readonly seed: number
  readonly script: Script.CarrierScript
  /** Accept and deliver at once: no receipts to wait for, no faults. */
  readonly immediate: boolean
  /** How long a key and its answer are remembered. */
  readonly keyWindowMs: number
  /** How long a message lives that came without validity. */
  readonly defaultValidityMs: number
  readonly maxBatch: number
  /** How long a throttled message is asked to wait, in real seconds: clients back off in them. */
  readonly throttleSeconds: number
}

/** Three days of keys, no faults. */
export const defaults: CarrierOptions = {
  seed: 1,
  script: [],
  immediate: false,
  keyWindowMs: 72 * 3_600_000,
  defaultValidityMs: 48 * 3_600_000,
  maxBatch: 500,
  throttleSeconds: 30
}

/** A message as the wire brings it. */
export interface SubmittedMessage {
  readonly reference: string
  readonly idempotencyKey: string
  readonly to: string
  readonly from: string
  readonly text: string
  readonly validUntilMs: number | null
}

/** What the answer says of one message. `replayed`: the key's stored answer was given again. */
export type MessageResult =
  | {
      readonly reference: string
      readonly status: "accepted"
      readonly id: string
      readonly replayed: boolean
    }
  | {
      readonly reference: string
      readonly status: "refused"
      readonly code: string
      readonly replayed: boolean
    }
  | {
      readonly reference: string
      readonly status: "throttled"
      readonly retryAfterSeconds: number
      readonly replayed: boolean
    }
  | { readonly reference: string; readonly status: "inProgress" | "mismatch" }

/** A receipt as the wire carries it; `part` 1 of `parts` null speaks of the whole message. */
export interface WireReceipt {
  readonly reference: string
  readonly id: string
  readonly state: string
  readonly part: number
  readonly parts: number | null
  readonly code: string | null
  readonly atMs: number
}

/** An accepted message and what is still to be told of it. */
export interface Message {
  readonly accepted: Accepted
  readonly plan: ReadonlyArray<Fates.PlannedReceipt>
  /** How many of the plan were told. */
  told: number
  readonly receipts: Array<WireReceipt>
}

/** The answer a key got, and for which message. */
export interface Remembered {
  readonly print: string
  readonly result: MessageResult
  readonly atMs: number
}

/** The carrier's state. Only `append` changes it. */
export interface Carrier {
  readonly options: CarrierOptions
  readonly counters: Script.Counters
  /** The first acceptance of each reference; what a look-up finds. */
  readonly messages: Map<string, Message>
  readonly keys: Map<string, Remembered>
  /** Messages with receipts still to come. */
  readonly open: Set<Message>
  accepted: number
  nowMs: number
  /** No receipt is due before this instant; saves looking through every open message. */
  quietUntilMs: number
}

/** A carrier that has heard of nothing yet. */
export const make = (options: CarrierOptions, nowMs: number): Carrier => ({
  options,
  counters: Script.counters(),
  messages: new Map(),
  keys: new Map(),
  open: new Set(),
  accepted: 0,
  nowMs,
  quietUntilMs: Number.POSITIVE_INFINITY
})
