/**
 * What every `SmsCarrier` adapter must do, checked against a carrier that fails by script. What an
 * adapter lacks is declared in its capabilities and changes what is expected; nothing is skipped.
 *
 * **Source** — delivery protocol 1.1, 1.3, 1.5, 2.4; fault list of the carrier.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { assert, describe, it } from "vitest"
import type { SmsCarrier, Submission, SubmissionOutcome } from "../ports/SmsCarrier.ts"
import * as Receipt from "../delivery/Receipt.ts"
import type { Msisdn } from "../recipient/Msisdn.ts"
import type { CarrierAudit } from "./SandboxCarrierLog.ts"
import type { CarrierFault, CarrierScript } from "./SandboxScript.ts"

/** A fresh carrier and its adapter. */
export interface CarrierDesk {
  readonly carrier: (typeof SmsCarrier)["Service"]
  /** Business time is now this; what is due by then was told when this returns. */
  readonly tell: (nowMs: number) => Effect.Effect<void>
  /** The carrier's own record. */
  readonly audit: Effect.Effect<CarrierAudit>
}

/** Makes a carrier that lives in business time and misbehaves by this script. */
export type MakeCarrier = (setup: {
  readonly script: CarrierScript
  readonly nowMs: number
}) => Effect.Effect<CarrierDesk, unknown, Scope.Scope>

/** Monday, 5 October 2026, 09:00 in Jerusalem. */
const startMs = 1_791_180_000_000
const hour = 3_600_000

const message = (n: number, change: Partial<Submission> = {}): Submission => ({
  reference: `reference-${n}`,
  idempotencyKey: `reference-${n}.0`,
  // A number of the range nobody was given.
  to: `+9725270${String(n).padStart(5, "0")}` as Msisdn,
  senderId: "Tidemark",
  text: "Thank you, דנה",
  validUntilMs: startMs + 5 * hour,
  ...change
})

const messages = (count: number): ReadonlyArray<Submission> =>
  Array.from({ length: count }, (_, index) => message(index + 1))

const clocks = Effect.all({
  wallMs: Clock.currentTimeMillis,
  monotonicMs: Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))
})

const submit = (desk: CarrierDesk, batch: ReadonlyArray<Submission>, allowedMs = 60_000) =>
  Effect.flatMap(clocks, (startedAt) =>
    desk.carrier.submit({
      batchId: "batch",
      messages: batch,
      deadline: { startedAt, allowedMs }
    })
  )

const tags = (outcomes: ReadonlyArray<SubmissionOutcome>) => outcomes.map(({ _tag }) => _tag)

const tagOf = (outcomes: ReadonlyArray<SubmissionOutcome>, n: number) =>
  outcomes.find(({ reference }) => reference === `reference-${n}`)?._tag

type Check = (desk: CarrierDesk) => Effect.Effect<void, unknown>

const checked = (make: MakeCarrier, script: CarrierScript, check: Check) => () =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(make({ script, nowMs: startMs }), (desk) => check(desk)))
  )

/** Requests whose outcome nobody can know, with how many of two messages the carrier took. */
const unknowable: ReadonlyArray<readonly [(CarrierFault & { on: "submit" })["kind"], number]> = [
  ["timeout-before-accept", 0],
  ["timeout-after-accept", 2],
  ["reset-before-accept", 0],
  ["reset-after-accept", 2],
  ["5xx-before-accept", 0],
  ["5xx-after-accept", 2],
  ["unreadable-after-accept", 2],
  ["truncated-after-accept", 2],
  ["in-progress", 0],
  ["mismatch", 0]
]

const provenNotSent = ["400", "401", "403", "413", "429"] as const

/** Fates of an accepted message, what its receipts mean after four days, and its failure. */
const fates: ReadonlyArray<
  readonly [
    kind: (CarrierFault & { on: "receipt" })["kind"],
    outcome: Receipt.Outcome,
    failure: string | null
  ]
> = [
  ["absent-subscriber", "failed", "Undeliverable/retry"],
  ["invalid-number", "failed", "InvalidNumber/permanent"],
  ["expired", "failed", "Timeout/retry"],
  ["rejected", "failed", "Undeliverable/permanent"],
  ["never", "open", null],
  ["unknown-state", "open", null],
  ["duplicate", "delivered", null],
  ["late", "delivered", null],
  ["out-of-order", "delivered", null],
  ["contradictory", "delivered", "Undeliverable/retry"],
  ["part-failed", "partial", "Undeliverable/permanent"]
]

const readFailures = [
  ["timeout", "Timeout", true],
  ["reset", "Unavailable", true],
  ["5xx", "Unavailable", true],
  ["429", "Throttled", true],
  ["401", "Unauthorized", false],
  ["unreadable", "Malformed", false]
] as const

/** The whole contract, as one suite. */
export const smsCarrierContract = (name: string, make: MakeCarrier): void => {
  describe(`SmsCarrier contract (${name})`, () => {
    describe("submission", () => {
      submission(make)
    })
    describe("unknown outcomes", () => {
      unknownOutcomes(make)
    })
    describe("keys", () => {
      keys(make)
    })
    describe("look-up", () => {
      lookup(make)
    })
    describe("receipts", () => {
      receipts(make)
    })
  })
}

const submission = (make: MakeCarrier): void => {
  it(
    "gives one outcome per message, matched by reference",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        const outcomes = yield* submit(desk, messages(3))
        assert.deepStrictEqual(tags(outcomes), ["Accepted", "Accepted", "Accepted"])
        const references = outcomes.map(({ reference }) => reference).toSorted()
        assert.deepStrictEqual(references, ["reference-1", "reference-2", "reference-3"])
        const ids = new Set(
          outcomes.map((outcome) => outcome._tag === "Accepted" && outcome.carrierMessageId)
        )
        assert.strictEqual(ids.size, 3)
      })
    )
  )
  it(
    "asks nothing for an empty batch",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* submit(desk, []), [])
        assert.strictEqual((yield* desk.audit).requests, 0)
      })
    )
  )
  it(
    "writes nothing once the deadline has passed",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(tags(yield* submit(desk, messages(2), 0)), ["NotSent", "NotSent"])
        assert.strictEqual((yield* desk.audit).requests, 0)
      })
    )
  )
  it(
    "reads a refusal as the carrier's final no, with its category",
    checked(make, [{ on: "message", kind: "refuse-invalid-number", nth: 2 }], (desk) =>
      Effect.gen(function* () {
        const outcomes = yield* submit(desk, messages(3))
        assert.strictEqual(tagOf(outcomes, 1), "Accepted")
        assert.strictEqual(tagOf(outcomes, 3), "Accepted")
        const refused = outcomes.find(({ reference }) => reference === "reference-2")
        if (refused?._tag !== "Refused") return assert.fail(`not refused: ${refused?._tag}`)
        assert.strictEqual(refused.failure.category, "InvalidNumber")
        assert.strictEqual(refused.failure.disposition, "permanent")
        assert.isFalse(refused.stored)
      })
    )
  )
  for (const kind of provenNotSent) {
    it(
      `takes ${kind} as proof that nothing was sent`,
      checked(make, [{ on: "submit", kind, nth: 1, retryAfterSeconds: 7 }], (desk) =>
        Effect.gen(function* () {
          const outcomes = yield* submit(desk, messages(2))
          assert.deepStrictEqual(tags(outcomes), ["NotSent", "NotSent"])
          const [first] = outcomes
          if (first?._tag === "NotSent") {
            assert.strictEqual(first.retryAfterMs, kind === "429" ? 7000 : null)
          }
          assert.strictEqual((yield* desk.audit).accepted, 0)
          assert.deepStrictEqual(tags(yield* submit(desk, messages(2))), ["Accepted", "Accepted"])
        })
      )
    )
  }
}

const unknownOutcomes = (make: MakeCarrier): void => {
  for (const [kind, accepted] of unknowable) {
    it(
      `never calls ${kind} a failure, and resolves it by asking`,
      checked(make, [{ on: "submit", kind, nth: 1 }], (desk) =>
        Effect.gen(function* () {
          const outcomes = yield* submit(desk, messages(2))
          assert.deepStrictEqual(tags(outcomes), ["Unknown", "Unknown"])
          assert.strictEqual((yield* desk.audit).accepted, accepted)
          const found = yield* desk.carrier.lookup(["reference-1", "reference-2"])
          const expected = accepted === 0 ? "NotFound" : "Found"
          assert.deepStrictEqual(
            found.map(({ _tag }) => _tag),
            [expected, expected]
          )
          assert.deepStrictEqual(tags(yield* submit(desk, messages(2))), ["Accepted", "Accepted"])
          assert.strictEqual((yield* desk.audit).duplicates, 0)
        })
      )
    )
  }
  for (const [kind, accepted] of [
    ["omit-before-accept", 2],
    ["omit-after-accept", 3],
    ["contradict", 3]
  ] as const) {
    it(
      `holds one message unknown under ${kind}, and its neighbours accepted`,
      checked(make, [{ on: "message", kind, nth: 2 }], (desk) =>
        Effect.gen(function* () {
          const outcomes = yield* submit(desk, messages(3))
          assert.lengthOf(outcomes, 3)
          assert.strictEqual(tagOf(outcomes, 1), "Accepted")
          assert.strictEqual(tagOf(outcomes, 2), "Unknown")
          assert.strictEqual(tagOf(outcomes, 3), "Accepted")
          assert.strictEqual((yield* desk.audit).accepted, accepted)
        })
      )
    )
  }
  it(
    "ignores what is said of references that were not in the batch",
    checked(make, [{ on: "message", kind: "foreign", nth: 1 }], (desk) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(tags(yield* submit(desk, messages(2))), ["Accepted", "Accepted"])
      })
    )
  )
}

const keys = (make: MakeCarrier): void => {
  it(
    "replays the stored answer under the same key",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        const first = yield* submit(desk, messages(2))
        const again = yield* submit(desk, messages(2))
        const hasKeys = desk.carrier.capabilities.idempotency !== "none"
        if (hasKeys) assert.deepStrictEqual(again, first)
        assert.strictEqual((yield* desk.audit).accepted, hasKeys ? 2 : 4)
      })
    )
  )
  it(
    "calls other bytes under a used key unknown, and nothing more is accepted",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        yield* submit(desk, [message(1)])
        const mixed = [message(1, { text: "Thank you" }), message(2)]
        const outcomes = yield* submit(desk, mixed)
        assert.strictEqual(tagOf(outcomes, 1), "Unknown")
        assert.strictEqual(tagOf(outcomes, 2), "Accepted")
        const alone = yield* submit(desk, [message(1, { text: "Thank you" })])
        assert.deepStrictEqual(tags(alone), ["Unknown"])
        assert.strictEqual((yield* desk.audit).accepted, 2)
      })
    )
  )
  it(
    "replays a refusal as stored",
    checked(make, [{ on: "message", kind: "refuse-blocked", nth: 1 }], (desk) =>
      Effect.gen(function* () {
        yield* submit(desk, [message(1)])
        const [again] = yield* submit(desk, [message(1)])
        assert.strictEqual(again?._tag, "Refused")
        assert.isTrue(again?._tag === "Refused" && again.stored)
      })
    )
  )
  it(
    "replays a throttle under its key for ever, and sends under the next generation",
    checked(make, [{ on: "message", kind: "throttle", nth: 1 }], (desk) =>
      Effect.gen(function* () {
        const [first] = yield* submit(desk, [message(1)])
        if (first?._tag !== "NotSent") return assert.fail(`not NotSent: ${first?._tag}`)
        assert.strictEqual(first.retryAfterMs, 30_000)
        assert.isFalse(first.stored)
        const [again] = yield* submit(desk, [message(1)])
        assert.isTrue(again?._tag === "NotSent" && again.stored)
        const next = message(1, { idempotencyKey: "reference-1.1" })
        assert.deepStrictEqual(tags(yield* submit(desk, [next])), ["Accepted"])
        assert.strictEqual((yield* desk.audit).duplicates, 0)
      })
    )
  )
}

const lookup = (make: MakeCarrier): void => {
  it(
    "answers once per reference, found or not",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        const [outcome] = yield* submit(desk, [message(1)])
        const answers = yield* desk.carrier.lookup(["reference-9", "reference-1"])
        assert.lengthOf(answers, 2)
        const found = answers.find(({ reference }) => reference === "reference-1")
        assert.strictEqual(
          found?._tag === "Found" ? found.carrierMessageId : undefined,
          outcome?._tag === "Accepted" ? outcome.carrierMessageId : null
        )
        const other = answers.find(({ reference }) => reference === "reference-9")
        assert.strictEqual(other?._tag, "NotFound")
      })
    )
  )
  for (const [kind, reason, isRetryable] of readFailures) {
    it(
      `reports ${kind} at a look-up as ${reason}`,
      checked(make, [{ on: "lookup", kind, nth: 1 }], (desk) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(desk.carrier.lookup(["reference-1"]))
          assert.strictEqual(error.reason, reason)
          assert.strictEqual(error.isRetryable, isRetryable)
          assert.lengthOf(yield* desk.carrier.lookup(["reference-1"]), 1)
        })
      )
    )
    it(
      `reports ${kind} at a poll as ${reason}`,
      checked(make, [{ on: "receipts", kind, nth: 1 }], (desk) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(desk.carrier.pollReceipts(["reference-1"]))
          assert.strictEqual(error.reason, reason)
          assert.strictEqual(error.isRetryable, isRetryable)
        })
      )
    )
  }
}

const receipts = (make: MakeCarrier): void => {
  it(
    "tells the way of a plain message: enroute, then delivered",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        yield* submit(desk, [message(1)])
        assert.deepStrictEqual(yield* desk.carrier.pollReceipts(["reference-1"]), [])
        yield* desk.tell(startMs + hour)
        const reports = yield* desk.carrier.pollReceipts(["reference-1", "reference-9"])
        assert.deepStrictEqual(
          reports.map(({ receipt }) => receipt.state),
          ["enroute", "delivered"]
        )
        const [found] = yield* desk.carrier.lookup(["reference-1"])
        const latest = found?._tag === "Found" ? found.report : null
        assert.strictEqual(latest?.digest, reports[1]?.digest)
      })
    )
  )
  it(
    "gives the same receipts with the same digests each time it is asked",
    checked(make, [{ on: "receipt", kind: "duplicate" }], (desk) =>
      Effect.gen(function* () {
        yield* submit(desk, [message(1)])
        yield* desk.tell(startMs + hour)
        const first = yield* desk.carrier.pollReceipts(["reference-1"])
        const again = yield* desk.carrier.pollReceipts(["reference-1"])
        assert.strictEqual(new Set(first.map(({ digest }) => digest)).size, 2)
        if (!desk.carrier.capabilities.receipts.destructiveRead) {
          assert.deepStrictEqual(again, first)
        }
      })
    )
  )
  for (const [kind, outcome, failure] of fates) {
    it(
      `tells of ${kind} so that it reads as ${outcome}`,
      checked(make, [{ on: "receipt", kind }], (desk) =>
        Effect.gen(function* () {
          yield* submit(desk, [message(1)])
          yield* desk.tell(startMs + 96 * hour)
          const reports = yield* desk.carrier.pollReceipts(["reference-1"])
          let seen: ReadonlyArray<number> = []
          for (const { receipt } of reports) seen = Receipt.fold(seen, receipt)
          assert.strictEqual(Receipt.outcome(seen, 1), outcome)
          const failed = reports.find(({ receipt }) => receipt.failure !== null)?.receipt.failure
          const read = failed == null ? null : `${failed.category}/${failed.disposition}`
          assert.strictEqual(read, failure)
        })
      )
    )
  }
  it(
    "never delivers what arrived after its validity",
    checked(make, [], (desk) =>
      Effect.gen(function* () {
        const late = message(1, { validUntilMs: startMs - 1 })
        assert.deepStrictEqual(tags(yield* submit(desk, [late])), ["Accepted"])
        yield* desk.tell(startMs + 96 * hour)
        const reports = yield* desk.carrier.pollReceipts(["reference-1"])
        assert.deepStrictEqual(
          reports.map(({ receipt }) => receipt.state),
          ["expired"]
        )
      })
    )
  )
}
