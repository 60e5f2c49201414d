import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { assert, describe, it } from "vitest"
import * as MemoryProgramStore from "../../src/ports/memory/MemoryProgramStore.ts"
import {
  at,
  contentHash,
  decision,
  type Desk,
  expiryMs,
  month,
  t0
} from "../../src/testing/programStore/Desk.ts"
import {
  acceptance,
  claim,
  decide,
  mark,
  record,
  refusal,
  release,
  retryable
} from "../../src/testing/programStore/Walk.ts"

/** A store half-way through a month. */
const begun = Effect.gen(function* () {
  const made = MemoryProgramStore.make({ program: "backups" })
  const store = made.verbs
  const desk: Desk = { store, other: store, wait: TestClock.adjust, leaseMs: 60_000 }
  const qualified = ["a", "b", "d"].map((customerId) => decision(customerId))
  yield* decide(desk, [...qualified, decision("c", "NotQualified")])
  yield* store.approve({ month, hash: contentHash, by: "dana", nowMs: t0, required: 1 })
  yield* store.releasePage({ month, nowMs: t0, expiryMs, limit: 2 })
  const batch = yield* claim(desk)
  return { batch, desk, made }
})

/** Everything else that happens to it. */
const goOn = Effect.fnUntraced(function* ({ batch, desk }: Effect.Success<typeof begun>) {
  yield* release(desk)
  yield* mark(desk, batch)
  yield* record(desk, batch.fence, t0, acceptance("a"), refusal("b", retryable))
  yield* desk.store.suppress({ customerIds: ["b"], reason: "OPTED_OUT", by: "dana", nowMs: t0 })
  yield* desk.store.setPause({ state: "paused", by: "dana", nowMs: t0 })
  const { events } = yield* desk.store.outbox({ limit: 100 })
  const eventIds = events.map(({ id }) => id)
  yield* desk.store.outboxPublished({ eventIds, nowMs: t0 })
  yield* desk.store.applyTimers({ context: yield* at(t0 + 100 * 3_600_000), limit: 10 })
})

const live = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.runPromise(Effect.provide(effect, TestClock.layer()))

const dataOf = ({ state }: MemoryProgramStore.Backup) => {
  const { protocol: _, witness: __, ...data } = state
  return structuredClone(data)
}

/** **Source** — delivery protocol 1.4; fault D3. */
describe("a backup of the memory store", () => {
  // Caught: a backup whose notifications, held messages, heaps or audit are the store's own.
  it("never changes with the store it was taken from, nor with one it was put back to", () =>
    live(
      Effect.gen(function* () {
        const life = yield* begun
        const backup = life.made.backUp()
        const before = dataOf(backup)
        yield* goOn(life)
        assert.deepStrictEqual(dataOf(backup), before)
        life.made.restore(backup)
        yield* goOn(life)
        assert.deepStrictEqual(dataOf(backup), before)
      })
    ))

  it("is put back whole: the same month goes on to the same end", () =>
    live(
      Effect.gen(function* () {
        const life = yield* begun
        const backup = life.made.backUp()
        const figures = () => life.desk.store.monthFigures({ month })
        yield* goOn(life)
        const first = yield* figures()
        life.made.restore(backup)
        assert.notDeepEqual(yield* figures(), first)
        yield* goOn(life)
        assert.deepStrictEqual(yield* figures(), first)
      })
    ))
})
