/** What a submission may say, and what the same key means when it is used again. */
import { assert } from "vitest"
import {
  type CarrierCheck,
  check,
  honestly,
  message,
  messages,
  submit,
  tagOf,
  tags
} from "./Desk.ts"

const provenNotSent = ["400", "401", "403", "413", "429"] as const

export const submission: ReadonlyArray<CarrierCheck> = [
  honestly("gives one outcome per message, matched by reference", function* (desk) {
    const outcomes = yield* submit(desk, messages(3))
    assert.deepStrictEqual(tags(outcomes), ["Accepted", "Accepted", "Accepted"])
    const references = outcomes.map(({ reference }) => reference).toSorted()
    assert.deepStrictEqual(references, ["reference-1", "reference-2", "reference-3"])
    const ids = new Set(
      outcomes.map((outcome) => outcome._tag === "Accepted" && outcome.carrierMessageId)
    )
    assert.strictEqual(ids.size, 3)
  }),
  honestly("has no outcome for an empty batch, and sends nothing late", function* (desk) {
    assert.deepStrictEqual(yield* submit(desk, []), [])
    assert.deepStrictEqual(tags(yield* submit(desk, messages(2), 0)), ["NotSent", "NotSent"])
    const answers = yield* desk.carrier.lookup(["reference-1", "reference-2"])
    assert.isTrue(answers.every(({ _tag }) => _tag === "NotFound"))
  }),
  honestly("takes the same bytes under the same key for the same message", function* (desk) {
    if (desk.carrier.capabilities.idempotency === "none") return
    const first = yield* submit(desk, messages(2))
    assert.deepStrictEqual(yield* submit(desk, messages(2)), first)
    const [changed] = yield* submit(desk, [message(1, { text: "Thank you" })])
    assert.strictEqual(changed?._tag, "Unknown")
  }),
  check("asks nothing for an empty batch", [], function* (desk) {
    assert.deepStrictEqual(yield* submit(desk, []), [])
    assert.strictEqual((yield* desk.audit).requests, 0)
  }),
  check("writes nothing once the deadline has passed", [], function* (desk) {
    assert.deepStrictEqual(tags(yield* submit(desk, messages(2), 0)), ["NotSent", "NotSent"])
    assert.strictEqual((yield* desk.audit).requests, 0)
  }),
  check(
    "reads a refusal as the carrier's final no, with its category",
    [{ on: "message", kind: "refuse-invalid-number", nth: 2 }],
    function* (desk) {
      const outcomes = yield* submit(desk, messages(3))
      assert.strictEqual(tagOf(outcomes, 1), "Accepted")
      assert.strictEqual(tagOf(outcomes, 3), "Accepted")
      const refused = outcomes.find(({ reference }) => reference === "reference-2")
      if (refused?._tag !== "Refused") return assert.fail(`not refused: ${refused?._tag}`)
      assert.strictEqual(refused.failure.category, "InvalidNumber")
      assert.strictEqual(refused.failure.disposition, "permanent")
      assert.isFalse(refused.stored)
    }
  ),
  ...provenNotSent.map((kind) =>
    check(
      `takes ${kind} as proof that nothing was sent`,
      [{ on: "submit", kind, nth: 1, retryAfterSeconds: 7 }],
      function* (desk) {
        const outcomes = yield* submit(desk, messages(2))
        assert.deepStrictEqual(tags(outcomes), ["NotSent", "NotSent"])
        const [first] = outcomes
        if (first?._tag === "NotSent") {
          assert.strictEqual(first.retryAfterMs, kind === "429" ? 7000 : null)
        }
        assert.strictEqual((yield* desk.audit).accepted, 0)
        assert.deepStrictEqual(tags(yield* submit(desk, messages(2))), ["Accepted", "Accepted"])
      }
    )
  )
]

export const keys: ReadonlyArray<CarrierCheck> = [
  check("replays the stored answer under the same key", [], function* (desk) {
    const first = yield* submit(desk, messages(2))
    const again = yield* submit(desk, messages(2))
    const hasKeys = desk.carrier.capabilities.idempotency !== "none"
    if (hasKeys) assert.deepStrictEqual(again, first)
    assert.strictEqual((yield* desk.audit).accepted, hasKeys ? 2 : 4)
  }),
  check(
    "calls other bytes under a used key unknown, and nothing more is accepted",
    [],
    function* (desk) {
      yield* submit(desk, [message(1)])
      const mixed = [message(1, { text: "Thank you" }), message(2)]
      const outcomes = yield* submit(desk, mixed)
      assert.strictEqual(tagOf(outcomes, 1), "Unknown")
      assert.strictEqual(tagOf(outcomes, 2), "Accepted")
      const alone = yield* submit(desk, [message(1, { text: "Thank you" })])
      assert.deepStrictEqual(tags(alone), ["Unknown"])
      assert.strictEqual((yield* desk.audit).accepted, 2)
    }
  ),
  check(
    "replays a refusal as stored",
    [{ on: "message", kind: "refuse-blocked", nth: 1 }],
    function* (desk) {
      yield* submit(desk, [message(1)])
      const [again] = yield* submit(desk, [message(1)])
      assert.strictEqual(again?._tag, "Refused")
      assert.isTrue(again?._tag === "Refused" && again.stored)
    }
  ),
  check(
    "replays a throttle under its key for ever, and sends under the next generation",
    [{ on: "message", kind: "throttle", nth: 1 }],
    function* (desk) {
      const [first] = yield* submit(desk, [message(1)])
      if (first?._tag !== "NotSent") return assert.fail(`not NotSent: ${first?._tag}`)
      assert.strictEqual(first.retryAfterMs, 30_000)
      assert.isFalse(first.stored)
      const [again] = yield* submit(desk, [message(1)])
      assert.isTrue(again?._tag === "NotSent" && again.stored)
      const next = message(1, { idempotencyKey: "reference-1.1" })
      assert.deepStrictEqual(tags(yield* submit(desk, [next])), ["Accepted"])
      assert.strictEqual((yield* desk.audit).duplicates, 0)
    }
  )
]
