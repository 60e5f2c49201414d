/** The same verb from several workers at once, and again after a lost acknowledgement. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import {
  at,
  type Check,
  check,
  contentHash,
  decision,
  expiryMs,
  longLeaseMs,
  month,
  referenceOf,
  t0,
  windowClosesMs
} from "./Desk.ts"
import {
  acceptance,
  claim,
  decide,
  markRequest,
  openCauses,
  outboxTypes,
  permanent,
  record,
  refusal,
  released,
  statesOf,
  submitting
} from "./Walk.ts"

/** So many workers do the same at the same time. */
const together = <A, E>(count: number, effect: Effect.Effect<A, E>) =>
  Effect.all(
    Array.from({ length: count }, () => effect),
    { concurrency: count }
  )

const sum = (counts: ReadonlyArray<number>): number => {
  let total = 0
  for (const count of counts) total += count
  return total
}

export const concurrencyChecks: ReadonlyArray<Check> = [
  check("one of several workers gets a run", function* (desk) {
    const claims = yield* together(
      4,
      desk.store.claimRun({
        kind: "capture",
        key: "2026-10-05",
        again: false,
        leaseMs: longLeaseMs,
        nowMs: t0,
        correlationId: "capture"
      })
    )
    const tags = claims.map(({ _tag }) => _tag).toSorted()
    assert.deepStrictEqual(tags, ["Busy", "Busy", "Busy", "Claimed"])
  }),
  check("several releases at once release each message once", function* (desk) {
    yield* decide(
      desk,
      Array.from({ length: 12 }, (_, i) => decision(`c${i}`))
    )
    yield* desk.store.approve({ month, hash: contentHash, by: "dana", nowMs: t0, required: 1 })
    const page = { month, nowMs: t0, expiryMs, limit: 4 }
    const pages = yield* together(3, desk.store.releasePage(page))
    const rest = yield* desk.store.releasePage({ ...page, limit: 100 })
    assert.strictEqual(sum(pages.map(({ released }) => released)) + rest.released, 12)
    assert.lengthOf((yield* claim(desk)).messages, 12)
  }),
  check("two people who approve at once complete the approval", function* (desk) {
    yield* decide(desk, [decision("a")])
    const approve = (by: string) =>
      desk.store.approve({ month, hash: contentHash, by, nowMs: t0, required: 2 })
    const outcomes = yield* Effect.all([approve("dana"), approve("uri")], { concurrency: 2 })
    const tags = outcomes.map(({ _tag }) => _tag).toSorted()
    assert.deepStrictEqual(tags, ["Approved", "NeedsSecondPerson"])
  }),
  check("a batch marked by two at once is marked once", function* (desk) {
    yield* released(desk, "a", "b")
    const { batchId, fence, messages } = yield* claim(desk)
    const requests = yield* Effect.forEach(messages, (message) => markRequest(message))
    const context = yield* at(t0)
    const mark = desk.store.mark({ batchId, fence, context, windowClosesMs, requests })
    const batches = yield* together(2, mark)
    assert.strictEqual(sum(batches.map(({ marked }) => marked.length)), 2)
  }),
  check("an acceptance recorded by two at once is announced once", function* (desk) {
    const { fence } = yield* submitting(desk, "a")
    yield* together(3, record(desk, fence, t0, acceptance("a")))
    assert.deepStrictEqual(yield* outboxTypes(desk), ["NotificationSent"])
  }),
  check("a refusal recorded again after a lost acknowledgement fails once", function* (desk) {
    const { fence } = yield* submitting(desk, "a")
    yield* record(desk, fence, t0, refusal("a", permanent))
    const again = yield* record(desk, fence, t0, refusal("a", permanent))
    assert.deepStrictEqual(again, { changed: 0, ignored: 1 })
    assert.deepStrictEqual(yield* openCauses(desk), ["PERMANENT_FAILURE"])
  }),
  check(
    "a receipt that arrives at two workers at once is stored and folded once",
    function* (desk) {
      const { fence } = yield* submitting(desk, "a")
      yield* record(desk, fence, t0, acceptance("a"))
      const receipt = { state: "delivered", part: 1, parts: null, failure: null } as const
      const report = { reference: referenceOf("a"), carrierMessageId: null, receipt, digest: "d" }
      const input = { nowMs: t0, via: "webhook", carrierAccount: "x", reports: [report] } as const
      const stored = yield* together(3, desk.store.storeReceipts(input))
      assert.strictEqual(sum(stored.map((result) => result.stored)), 1)
      const fold = { context: yield* at(t0), limit: 10 }
      const folded = yield* together(3, desk.store.foldReceipts(fold))
      assert.strictEqual(sum(folded.map((result) => result.folded)), 1)
      assert.deepStrictEqual(yield* outboxTypes(desk), ["NotificationSent", "DeliveryConfirmed"])
    }
  ),
  check(
    "suppressed and marked at once, a message is either marked or suppressed",
    function* (desk) {
      yield* released(desk, "a")
      const { batchId, fence, messages } = yield* claim(desk)
      const requests = yield* Effect.forEach(messages, (message) => markRequest(message))
      const context = yield* at(t0)
      const [{ marked }] = yield* Effect.all(
        [
          desk.store.mark({ batchId, fence, context, windowClosesMs, requests }),
          desk.store.suppress({ customerIds: ["a"], reason: "OPTED_OUT", by: "sms", nowMs: t0 })
        ],
        { concurrency: 2 }
      )
      yield* desk.store.applyTimers({ context, limit: 10 })
      const expected = marked.length === 1 ? "active / submitting" : "suppressed / cancelled"
      assert.strictEqual(yield* statesOf(desk, "a"), expected)
    }
  )
]
