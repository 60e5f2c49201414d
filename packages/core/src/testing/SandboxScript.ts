/**
 * Which faults a sandbox server injects: plain data, checked by a schema, chosen with a seed.
 *
 * A script is a list of rules. At each site (`on`) the rules are asked in order and the first that
 * fires decides. A rule with neither `nth`, `every` nor `share` fires always; `times` limits how
 * often it fires at all.
 *
 * **Source** — fault list of the simulator, bank feed and carrier; product rules, surfaces
 * (`sandbox --script FILE`).
 */
import * as Schema from "effect/Schema"
import * as Seeded from "./Seeded.ts"

const positive = Schema.Int.check(Schema.isGreaterThan(0))

const chosen = {
  /** Fires on this occurrence of the site, from 1. */
  nth: Schema.optionalKey(positive),
  /** Fires on every so many-th occurrence. */
  every: Schema.optionalKey(positive),
  /** Fires for this part of the subjects, 0 to 1, by seed and subject. */
  share: Schema.optionalKey(Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  /** Fires at most so often. */
  times: Schema.optionalKey(positive),
  /** Only for this subject: a destination or reference, a business date or a customer. */
  only: Schema.optionalKey(Schema.String)
}

/** What can happen to a whole submit request. `…-after-accept`: the messages are taken first. */
export const SubmitFault = Schema.Struct({
  on: Schema.Literal("submit"),
  kind: Schema.Literals([
    "timeout-before-accept",
    "timeout-after-accept",
    "reset-before-accept",
    "reset-after-accept",
    "5xx-before-accept",
    "5xx-after-accept",
    "unreadable-after-accept",
    "truncated-after-accept",
    "400",
    "401",
    "403",
    "413",
    "429",
    "in-progress",
    "mismatch"
  ]),
  /** With `429`: seconds of `Retry-After`; absent: no header. */
  retryAfterSeconds: Schema.optionalKey(Schema.Number),
  ...chosen
})

/** What can happen to one message of a request that is answered 202; the subject is `to`. */
export const MessageFault = Schema.Struct({
  on: Schema.Literal("message"),
  kind: Schema.Literals([
    "refuse-invalid-number",
    "refuse-blocked",
    "refuse-sender",
    "throttle",
    "omit-before-accept",
    "omit-after-accept",
    "contradict",
    "foreign"
  ]),
  ...chosen
})

/** What becomes of an accepted message, decided once at acceptance; the subject is `to`. */
export const ReceiptFault = Schema.Struct({
  on: Schema.Literal("receipt"),
  kind: Schema.Literals([
    "absent-subscriber",
    "invalid-number",
    "expired",
    "rejected",
    "never",
    "unknown-state",
    "duplicate",
    "late",
    "out-of-order",
    "contradictory",
    "part-failed"
  ]),
  ...chosen
})

/** What can happen to a look-up, a poll of receipts or a push of them. */
export const ReadFault = Schema.Struct({
  on: Schema.Literals(["lookup", "receipts"]),
  kind: Schema.Literals(["timeout", "reset", "5xx", "429", "401", "unreadable", "lagging"]),
  ...chosen
})

/** What can happen to one webhook delivery; the subject is the webhook's id. */
export const WebhookFault = Schema.Struct({
  on: Schema.Literal("webhook"),
  kind: Schema.Literals(["wrong-signature", "duplicate-push", "unknown-reference", "drop"]),
  ...chosen
})

export const CarrierFault = Schema.Union([
  SubmitFault,
  MessageFault,
  ReceiptFault,
  ReadFault,
  WebhookFault
])
export type CarrierFault = typeof CarrierFault.Type

/** What can happen to a question (subject: its date or id), a date, or a row (a customer). */
export const BankFault = Schema.Union([
  Schema.Struct({
    on: Schema.Literals(["balances", "customers", "contact", "permissions"]),
    kind: Schema.Literals(["timeout", "reset", "5xx", "429", "401", "truncated", "malformed"]),
    ...chosen
  }),
  Schema.Struct({
    on: Schema.Literal("date"),
    /** `late`: not ready until `hours` after the end of the business day. */
    kind: Schema.Literals(["late", "empty", "stuck-cursor", "wrong-totals"]),
    hours: Schema.optionalKey(Schema.Number),
    ...chosen
  }),
  Schema.Struct({
    on: Schema.Literal("row"),
    kind: Schema.Literals([
      "malformed-amount",
      "number-amount",
      "wrong-currency",
      "conflict",
      "repeat",
      "missing",
      "correction"
    ]),
    /** The business date of the row. A page asked for again is the same page: no `times`. */
    date: Schema.String,
    nth: chosen.nth,
    every: chosen.every,
    share: chosen.share,
    only: chosen.only
  })
])
export type BankFault = typeof BankFault.Type

export const CarrierScript = Schema.Array(CarrierFault)
export type CarrierScript = typeof CarrierScript.Type
export const BankScript = Schema.Array(BankFault)
export type BankScript = typeof BankScript.Type

interface Choice {
  readonly nth?: number
  readonly every?: number
  readonly share?: number
  readonly times?: number
  readonly only?: string
}

/** How often each site was met and each rule fired; a value that `decide` is asked with. */
export interface Counters {
  readonly met: Map<string, number>
  readonly fired: Array<number>
}

export const counters = (): Counters => ({ met: new Map(), fired: [] })

/** Counts one more occurrence of a site and gives its number, from 1. */
export const meet = (counters: Counters, on: string): number => {
  const occurrence = (counters.met.get(on) ?? 0) + 1
  counters.met.set(on, occurrence)
  return occurrence
}

/** Records that the rule at `index` fired. */
export const fire = (counters: Counters, index: number): void => {
  counters.fired[index] = (counters.fired[index] ?? 0) + 1
}

/**
 * Whether a rule fires for an occurrence of its site.
 *
 * **Shapes and units** — `occurrence` from 1; `subject` names what the share is drawn for, so that
 * a replay of the same request meets the same choice.
 */
export const fires = (
  rule: Choice,
  index: number,
  seed: number,
  occurrence: number,
  subject: string,
  counters: Counters
): boolean => {
  if (rule.only !== undefined && rule.only !== subject) return false
  if (rule.times !== undefined && (counters.fired[index] ?? 0) >= rule.times) return false
  if (rule.nth !== undefined) return occurrence === rule.nth
  if (rule.every !== undefined) return occurrence % rule.every === 0
  if (rule.share === undefined) return true
  return Seeded.fractionOf(Seeded.site(seed, `rule ${index}`), subject) < rule.share
}
