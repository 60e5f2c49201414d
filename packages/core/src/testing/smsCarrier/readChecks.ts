/** Look-ups and receipts. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import * as Receipt from "../../delivery/Receipt.ts"
import type { CarrierFault } from "../SandboxScript.ts"
import { type CarrierCheck, check, honestly, hour, message, startMs, submit, tags } from "./Desk.ts"

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

export const lookup: ReadonlyArray<CarrierCheck> = [
  honestly("answers once per reference, found or not", function* (desk) {
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
  }),
  ...readFailures.flatMap(([kind, reason, isRetryable]) => [
    check(
      `reports ${kind} at a look-up as ${reason}`,
      [{ on: "lookup", kind, nth: 1 }],
      function* (desk) {
        const error = yield* Effect.flip(desk.carrier.lookup(["reference-1"]))
        assert.strictEqual(error.reason, reason)
        assert.strictEqual(error.isRetryable, isRetryable)
        assert.lengthOf(yield* desk.carrier.lookup(["reference-1"]), 1)
      }
    ),
    check(
      `reports ${kind} at a poll as ${reason}`,
      [{ on: "receipts", kind, nth: 1 }],
      function* (desk) {
        const error = yield* Effect.flip(desk.carrier.pollReceipts(["reference-1"]))
        assert.strictEqual(error.reason, reason)
        assert.strictEqual(error.isRetryable, isRetryable)
      }
    )
  ])
]

export const receipts: ReadonlyArray<CarrierCheck> = [
  check("tells the way of a plain message: enroute, then delivered", [], function* (desk) {
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
  }),
  check(
    "gives the same receipts with the same digests each time it is asked",
    [{ on: "receipt", kind: "duplicate" }],
    function* (desk) {
      yield* submit(desk, [message(1)])
      yield* desk.tell(startMs + hour)
      const first = yield* desk.carrier.pollReceipts(["reference-1"])
      const again = yield* desk.carrier.pollReceipts(["reference-1"])
      assert.strictEqual(new Set(first.map(({ digest }) => digest)).size, 2)
      if (!desk.carrier.capabilities.receipts.destructiveRead) {
        assert.deepStrictEqual(again, first)
      }
    }
  ),
  ...fates.map(([kind, outcome, failure]) =>
    check(
      `tells of ${kind} so that it reads as ${outcome}`,
      [{ on: "receipt", kind }],
      function* (desk) {
        yield* submit(desk, [message(1)])
        yield* desk.tell(startMs + 96 * hour)
        const reports = yield* desk.carrier.pollReceipts(["reference-1"])
        let seen: ReadonlyArray<number> = []
        for (const { receipt } of reports) seen = Receipt.fold(seen, receipt)
        assert.strictEqual(Receipt.outcome(seen, 1), outcome)
        const failed = reports.find(({ receipt }) => receipt.failure !== null)?.receipt.failure
        const read = failed == null ? null : `${failed.category}/${failed.disposition}`
        assert.strictEqual(read, failure)
      }
    )
  ),
  check("never delivers what arrived after its validity", [], function* (desk) {
    const late = message(1, { validUntilMs: startMs - 1 })
    assert.deepStrictEqual(tags(yield* submit(desk, [late])), ["Accepted"])
    yield* desk.tell(startMs + 96 * hour)
    const reports = yield* desk.carrier.pollReceipts(["reference-1"])
    assert.deepStrictEqual(
      reports.map(({ receipt }) => receipt.state),
      ["expired"]
    )
  })
]
