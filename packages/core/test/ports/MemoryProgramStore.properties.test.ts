import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import fc from "fast-check"
import { assert, describe, it } from "vitest"
import type { DeliveryEvent } from "../../src/delivery/DeliveryEvent.ts"
import type { ReceiptState } from "../../src/delivery/Receipt.ts"
import * as Memory from "../../src/ports/memory/MemoryProgramStore.ts"
import * as Dispositions from "../../src/report/Dispositions.ts"
import * as Desk from "../../src/testing/programStore/Desk.ts"
import * as Walk from "../../src/testing/programStore/Walk.ts"

const customers = ["a", "b", "c"]
const { hour, month } = Desk

describe("for every history of a released month", () => {
  // Planted, each caught: `pending` not taken down when a message ends; an attempt left among the
  // unresolved; suppression forgotten at the mark; the old outcome still counted after a
  // correction.
  it("always keeps the law of conservation, one message each, and what the ledger counts", () =>
    fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        const world = await Effect.runPromise(play(steps).pipe(Effect.provide(TestClock.layer())))
        const { figures, ledger, rows, suppressedMarks } = world
        const counts = Dispositions.of(figures)
        for (const { holds, law } of Dispositions.checks(counts)) assert.isTrue(holds, law)
        assert.strictEqual(ledger.pendingMonths.length > 0, counts.pending > 0)
        const attempts = rows.flatMap((row) => row?.notification.attempts ?? [])
        const open = attempts.filter(({ state }) => state === "submitting" || state === "unknown")
        assert.strictEqual(ledger.delivery.unresolved, open.length)
        for (const row of rows) {
          const numbers = row?.notification.attempts.map(({ n }) => n) ?? []
          assert.deepStrictEqual(
            numbers,
            numbers.map((_, i) => i + 1)
          )
          assert.isAtMost(numbers.length, 5)
        }
        assert.strictEqual(suppressedMarks, 0)
      }),
      { numRuns: 300 }
    ))
})

type Step =
  | { readonly _tag: "Pass"; readonly hours: number }
  | { readonly _tag: "Submit" }
  | { readonly _tag: "Evidence"; readonly who: string; readonly what: string }
  | { readonly _tag: "Receipt"; readonly who: string; readonly state: ReceiptState }
  | { readonly _tag: "Suppress"; readonly who: string }
  | { readonly _tag: "Correct"; readonly who: string; readonly qualified: boolean }

const eventOf = (what: string, n: number): DeliveryEvent => {
  if (what === "accepted") {
    return { _tag: "AcceptanceSeen", n, carrierMessageId: null, via: "answer" }
  }
  if (what === "refused") return { _tag: "RefusalSeen", n, failure: Walk.retryable, stored: false }
  if (what === "unsent") {
    return { _tag: "ProvenNotSent", n, code: "429", notBeforeMs: null, stored: false }
  }
  return { _tag: what === "unknown" ? "OutcomeUnknown" : "NotFound", n }
}

/** Plays a history and looks at what it left. */
const play = (steps: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const { verbs } = Memory.make({ program: "property" })
    const desk: Desk.Desk = { store: verbs, other: verbs, wait: Effect.sleep, leaseMs: 1 }
    yield* Walk.released(desk, ...customers)
    const fences = new Map<string, bigint>()
    const suppressed = new Set<string>()
    let nowMs = Desk.t0
    let evidence = 1
    let suppressedMarks = 0
    const currentOf = (who: string) =>
      Effect.map(
        verbs.customerMonth({ customerId: who, month }),
        ({ notification }) => notification?.notification.attempts.length ?? 0
      )
    for (const step of steps) {
      const context = yield* Desk.at(nowMs)
      switch (step._tag) {
        case "Pass": {
          nowMs += step.hours * hour
          yield* TestClock.adjust("10 seconds")
          yield* verbs.applyTimers({ context: yield* Desk.at(nowMs), limit: 100 })
          const asked = yield* verbs.claimUnresolved({ context, limit: 10, worker: "w" })
          for (const { notificationId } of asked.attempts) fences.set(notificationId, asked.fence)
          break
        }
        case "Submit": {
          const batch = yield* Walk.claim(desk, nowMs)
          for (const { notificationId } of batch.messages) fences.set(notificationId, batch.fence)
          const earlierAskedMs = nowMs
          const over = { earlierAskedMs, validUntilMs: nowMs + 5 * hour }
          const { marked } = yield* Walk.mark(desk, batch, nowMs, over)
          for (const { notificationId } of marked) {
            if (suppressed.has(notificationId)) suppressedMarks++
          }
          break
        }
        case "Evidence": {
          const n = yield* currentOf(step.who)
          const fence = fences.get(Desk.notificationIdOf(step.who)) ?? null
          const event = eventOf(step.what, n)
          yield* Walk.record(desk, fence, nowMs, Walk.evidence(step.who, event, n))
          break
        }
        case "Receipt": {
          const n = yield* currentOf(step.who)
          const failure = step.state === "failed" ? Walk.retryable : null
          const receipt = { state: step.state, part: 1, parts: null, failure }
          const digest = `${step.who} ${step.state} ${n}`
          const reference = Desk.referenceOf(step.who, n)
          const reports = [{ reference, carrierMessageId: null, receipt, digest }]
          yield* verbs.storeReceipts({ nowMs, via: "poll", carrierAccount: "x", reports })
          yield* verbs.foldReceipts({ context, limit: 100 })
          break
        }
        case "Suppress": {
          suppressed.add(Desk.notificationIdOf(step.who))
          const customerIds = [step.who]
          yield* verbs.suppress({ customerIds, reason: "OPTED_OUT", by: "sms", nowMs })
          break
        }
        case "Correct": {
          const outcome = step.qualified ? "Qualified" : "NotQualified"
          const decision = Desk.decision(step.who, outcome, ++evidence % 256)
          const cause = "correction"
          yield* verbs.recordRedecision({ nowMs, month, policyHash: "p", decision, cause })
          yield* verbs.releasePage({ month, nowMs, expiryMs: Desk.expiryMs, limit: 10 })
        }
      }
    }
    const views = yield* Effect.forEach(customers, (customerId) =>
      verbs.customerMonth({ customerId, month })
    )
    return {
      figures: yield* verbs.monthFigures({ month }),
      ledger: yield* verbs.ledger({ nowMs }),
      rows: views.map(({ notification }) => notification),
      suppressedMarks
    }
  })

const who = fc.constantFrom(...customers)

/** Submission and its outcomes often, people seldom, so that later attempts are reached. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      _tag: fc.constant("Pass" as const),
      hours: fc.constantFrom(1, 7, 13, 80)
    })
  },
  { weight: 6, arbitrary: fc.constant({ _tag: "Submit" as const }) },
  {
    weight: 9,
    arbitrary: fc.record({
      _tag: fc.constant("Evidence" as const),
      who,
      what: fc.constantFrom("accepted", "refused", "refused", "unsent", "unknown", "notFound")
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("Receipt" as const),
      who,
      state: fc.constantFrom<ReceiptState>("enroute", "failed", "delivered")
    })
  },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant("Suppress" as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      _tag: fc.constant("Correct" as const),
      who,
      qualified: fc.boolean()
    })
  }
)

const histories = fc.array(step, { minLength: 5, maxLength: 60, size: "max" })
