/** Requests whose outcome nobody can know, and how they are resolved. */
import { assert } from "vitest"
import type { CarrierFault } from "../SandboxScript.ts"
import { type CarrierCheck, check, messages, submit, tagOf, tags } from "./Desk.ts"

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

export const unknownOutcomes: ReadonlyArray<CarrierCheck> = [
  ...unknowable.map(([kind, accepted]) =>
    check(
      `never calls ${kind} a failure, and resolves it by asking`,
      [{ on: "submit", kind, nth: 1 }],
      function* (desk) {
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
      }
    )
  ),
  ...(
    [
      ["omit-before-accept", 2],
      ["omit-after-accept", 3],
      ["contradict", 3]
    ] as const
  ).map(([kind, accepted]) =>
    check(
      `holds one message unknown under ${kind}, and its neighbours accepted`,
      [{ on: "message", kind, nth: 2 }],
      function* (desk) {
        const outcomes = yield* submit(desk, messages(3))
        assert.lengthOf(outcomes, 3)
        assert.strictEqual(tagOf(outcomes, 1), "Accepted")
        assert.strictEqual(tagOf(outcomes, 2), "Unknown")
        assert.strictEqual(tagOf(outcomes, 3), "Accepted")
        assert.strictEqual((yield* desk.audit).accepted, accepted)
      }
    )
  ),
  check(
    "ignores what is said of references that were not in the batch",
    [{ on: "message", kind: "foreign", nth: 1 }],
    function* (desk) {
      assert.deepStrictEqual(tags(yield* submit(desk, messages(2))), ["Accepted", "Accepted"])
    }
  )
]
