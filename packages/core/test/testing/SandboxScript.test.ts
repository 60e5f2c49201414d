import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import * as Script from "../../src/testing/SandboxScript.ts"
import * as Seeded from "../../src/testing/Seeded.ts"

const read = Schema.decodeUnknownOption(Script.CarrierScript)

/** On which of ten occurrences a rule fires. */
const firings = (rule: Parameters<typeof Script.fires>[0], subject = () => "s") => {
  const counters = Script.counters()
  const fired: Array<number> = []
  for (let occurrence = 1; occurrence <= 10; occurrence++) {
    if (!Script.fires(rule, 0, 1, occurrence, subject(), counters)) continue
    Script.fire(counters, 0)
    fired.push(occurrence)
  }
  return fired
}

describe("SandboxScript", () => {
  it("fires on the nth, on every so many-th, always, and never beyond times", () => {
    assert.deepStrictEqual(firings({ nth: 3 }), [3])
    assert.deepStrictEqual(firings({ every: 4 }), [4, 8])
    assert.deepStrictEqual(firings({ every: 2, times: 3 }), [2, 4, 6])
    assert.deepStrictEqual(firings({ times: 2 }), [1, 2])
    assert.deepStrictEqual(firings({ only: "other" }), [])
    assert.lengthOf(firings({}), 10)
    assert.lengthOf(firings({ share: 0 }), 0)
    assert.lengthOf(firings({ share: 1 }), 10)
  })

  it("fires for its share of the subjects, and for the same ones each time", () => {
    const counters = Script.counters()
    const fired = (seed: number) =>
      Array.from({ length: 10_000 }, (_, index) =>
        Script.fires({ share: 0.1 }, 0, seed, 1, `subject-${index}`, counters)
      )
    const count = fired(1).filter(Boolean).length
    assert.isAbove(count, 850)
    assert.isBelow(count, 1150)
    assert.deepStrictEqual(fired(1), fired(1))
    assert.notDeepEqual(fired(1), fired(2))
  })

  it("refuses a script with a fault that no site knows, or a share above one", () => {
    assert.isTrue(Option.isSome(read([{ on: "submit", kind: "429", retryAfterSeconds: 5 }])))
    for (const rule of [
      { on: "submit", kind: "throttle" },
      { on: "nowhere", kind: "429" },
      { on: "submit", kind: "429", share: 2 },
      { on: "submit", kind: "429", nth: 0 },
      { on: "receipt" }
    ]) {
      assert.isTrue(Option.isNone(read([rule])), JSON.stringify(rule))
    }
  })

  it("spreads its choices evenly, and apart from other sites", () => {
    const one = Seeded.site(1, "one")
    const two = Seeded.site(1, "two")
    const buckets = Array.from({ length: 16 }, () => 0)
    let equal = 0
    for (let index = 0; index < 16_000; index++) {
      const bucket = Seeded.below(16, one, index)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
      if (bucket === Seeded.below(16, two, index)) equal++
    }
    for (const count of buckets) {
      assert.isAbove(count, 850)
      assert.isBelow(count, 1150)
    }
    assert.isBelow(equal, 1150)
  })
})
