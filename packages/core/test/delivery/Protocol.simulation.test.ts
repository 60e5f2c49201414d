/**
 * Exhaustive, not sampled: every interleaving of one customer's month within the bounds stated,
 * over the production rules. `npm run model` does the same with more faults.
 *
 * The variants at the end prove that the model sees a broken protocol.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { carrierClass } from "../../src/delivery/CarrierCapabilities.ts"
import { matrixTable } from "../../src/testing/model/CrashMatrix.ts"
import { faultKinds } from "../../src/testing/model/Exploration.ts"
import { explore, type Explored } from "../../src/testing/model/Explore.ts"
import * as Graph from "../../src/testing/model/Graph.ts"
import { carrierOf, type ModelClass, modelClasses } from "../../src/testing/model/ModelCarriers.ts"
import {
  exploreVariant,
  guaranteeTable,
  isCaught,
  reportClasses,
  variantTable
} from "../../src/testing/model/ModelReport.ts"
import { exceptions, isAdmitted, safeScopes, scope } from "../../src/testing/model/Scopes.ts"
import { variants } from "../../src/testing/model/Variants.ts"

/** Invariant 35. */
const mostWrites = 40

const holds = ({ complete, violations, writes }: Explored) => {
  assert.isTrue(complete, "the state space was not exhausted")
  assert.deepStrictEqual([...violations], [])
  assert.isAtMost(writes, mostWrites)
}

const title = (name: ModelClass, bounded: boolean) =>
  `class ${name}, ${bounded ? "bounded pauses" : "pauses of any length"}`

/** Three faults where that is quick; `npm run model` does three for every class, or four. */
const within = (name: ModelClass): number => (["K", "L", "LV", "N"].includes(name) ? 3 : 2)

/** **Source** — delivery protocol 1.1, 1.2, 1.4, 2.6; invariants 19 to 26, 34, 35; figure 4. */
describe("for every order of two or three faults of any kind", () => {
  for (const { bounded, carrierClass: name } of safeScopes(0)) {
    const faults = within(name)
    // Caught: `validityOverMs` without the time a look-up takes to show (LV, KLV, any length).
    // Caught: `concludeFailure` ending `undeliverable` as failed under a quarantine (all bounded).
    // Caught: `isSettled` true as soon as the instant of the silence is known (L, LV).
    it(`${title(name, bounded)}, ${faults} faults: never two messages, a silent loss, an untruth or a livelock`, () => {
      const explored = explore(scope(name, faults, bounded))
      holds(explored)
      assert.isAbove(explored.states, 15_000)
      assert.includeMembers(
        [...explored.ends],
        ["delivered/1", "expired/0", "failed/0", "suppressed/0"]
      )
    })
  }
})

/** **Source** — delivery protocol 1.2 (admitted exceptions). */
describe("for every admitted exception", () => {
  it("always is one that can be shown: no class is called unsafe for nothing", () => {
    for (const { bounded, carrierClass: name, lies } of exceptions) {
      const kinds = lies ? faultKinds : scope(name, 0, bounded).kinds
      const { violations } = explore({ ...scope(name, 1, bounded), kinds })
      assert.isTrue(
        violations.has("two live messages") ||
          violations.has("two acceptances under one reference"),
        `${title(name, bounded)}${lies ? ", lying carrier" : ""}`
      )
    }
  })

  // Caught: `isEarlierDead` answering true for a message that is under way.
  it("never concerns a carrier that lies where V or a look-up tells", () => {
    for (const bounded of [true, false]) {
      for (const name of modelClasses) {
        if (isAdmitted(name, bounded, true)) continue
        const { violations } = explore({ ...scope(name, 1, bounded), kinds: faultKinds })
        assert.isFalse(violations.has("two live messages"), title(name, bounded))
        assert.isFalse(violations.has("two acceptances under one reference"))
      }
    }
  })
})

/** **Source** — delivery protocol 2.6 (Ablations); invariant 52. */
describe("for every broken variant", () => {
  it("has twelve of them, V1 to V12, and two controls", () => {
    const names = variants.map(({ name }) => name)
    assert.deepStrictEqual(names, [
      ...Array.from({ length: 12 }, (_, i) => `V${i + 1}`),
      "C1",
      "C2"
    ])
  })

  for (const variant of variants) {
    const { carrierClass: name, expected, removed } = variant
    it(`${variant.name}, ${name}: sees ${expected ?? "nothing wrong"} without "${removed}"`, () => {
      const explored = exploreVariant(variant)
      assert.isTrue(isCaught(variant, explored), [...explored.violations.keys()].join())
      if (expected === null) holds(explored)
    })
  }

  it("a control without its mark leaves a crash after the claim to people", () => {
    const control = variants.find(({ name }) => name === "C1") ?? assert.fail("C1")
    const kinds = ["crash after claim", "crash after mark"] as const
    const bounds = { ...scope("N", 1, true), kinds, refusals: false, untilEscalated: true }
    assert.include([...explore(bounds, control.rules).ends], "escalated/0")
  })
})

describe("the model itself", () => {
  it("meets every kind of fact that its events can lead to", () => {
    const facts = new Set(modelClasses.flatMap((name) => [...explore(scope(name, 1, true)).facts]))
    for (const fact of [
      "AttemptAdded",
      "AttemptVoid",
      "AttemptClosed",
      "AttemptEscalated",
      "NotificationWaiting",
      "NotificationUndeliverable",
      "LateDelivery"
    ]) {
      assert.isTrue(facts.has(fact), fact)
    }
  })

  it("gives up where it is told to, and says so", () => {
    assert.isFalse(explore({ ...scope("N", 1, true), maxStates: 100 }).complete)
  })

  it("explores carriers of the classes it names", () => {
    for (const name of modelClasses) {
      assert.strictEqual(carrierClass(carrierOf(name)), name === "K-late" ? "K" : name)
    }
  })

  it("reports that every class holds", () => {
    const lines: Array<string> = []
    const reported = reportClasses(0, () => 0)
    let line = reported.next()
    for (; line.done !== true; line = reported.next()) lines.push(line.value)
    assert.isTrue(line.value)
    assert.isFalse(lines.some((each) => each.includes("VIOLATION") || each.includes("NOT")))
    assert.isTrue(lines.some((each) => /^\d+ states in 0 s$/.test(each)))
  })
})

const page = readFileSync(
  join(import.meta.dirname, "../../../../docs/concepts/delivery.md"),
  "utf8"
)

/** A table of the page without the spaces that align it. */
const printed = (name: string): ReadonlyArray<string> => {
  const after = page.split(`<!-- model: ${name} -->`)[1] ?? ""
  const lines = (after.split("<!-- model: end -->")[0] ?? "").trim().split("\n")
  return lines.filter((_, i) => i !== 1).map((line) => line.replace(/ +/g, " "))
}

/** **Source** — delivery protocol 2.6 (the matrix is regenerated and printed). */
describe("docs/concepts/delivery.md", () => {
  const tables: ReadonlyArray<readonly [string, () => ReadonlyArray<string>]> = [
    ["guarantees", guaranteeTable],
    ["bounded", () => matrixTable(true)],
    ["unbounded", () => matrixTable(false)],
    ["variants", variantTable]
  ]
  for (const [name, table] of tables) {
    it(`shows the table of ${name} as the model finds it`, () => {
      assert.deepStrictEqual(
        printed(name),
        table().filter((_, i) => i !== 1)
      )
    })
  }
})

/** States 0 → 1 → 2, with a circle 1 → 3 → 1. */
const graph = (kinds: ReadonlyArray<number>): Graph.Graph => ({
  states: 4,
  sources: [0, 1, 1, 3],
  targets: [1, 2, 3, 1],
  kinds,
  writes: [true, true, false, true]
})

/** **Source** — invariants 34, 35. */
describe("the graph of what was explored", () => {
  it("finds a circle of writes, and counts the most of them where there is none", () => {
    const { circle, most } = Graph.mostWrites(graph([0, 0, 0, 0]))
    assert.strictEqual(most, -1)
    assert.sameMembers([...circle], [1, 3])
    assert.deepStrictEqual(Graph.mostWrites(graph([0, 0, 2, 0])), { most: 2, circle: [] })
  })

  it("finds a state from which nothing that must happen leads to rest", () => {
    const good = Uint8Array.from([0, 0, 1, 0])
    assert.strictEqual(Graph.stuck(graph([0, 0, 0, 0]), good), -1)
    assert.strictEqual(Graph.stuck(graph([0, 1, 0, 0]), good), 0)
  })
})
