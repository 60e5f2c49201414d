import { assert, describe, it } from "vitest"
import type { MonthFigures } from "../../src/report/MonthFigures.ts"
import * as Recommendations from "../../src/report/Recommendations.ts"
import { complete, empty } from "./figures.ts"

const codes = (figures: MonthFigures): ReadonlyArray<string> =>
  Recommendations.of(figures).map(({ code, count }) => `${code} ${count}`)

const hundred: MonthFigures = { ...empty, population: 100, qualified: 100, accepted: 100 }

const cases: ReadonlyArray<
  readonly [name: string, figures: MonthFigures, expected: ReadonlyArray<string>]
> = [
  ["nothing for a month without findings", hundred, []],
  ["nothing for a month without customers", empty, []],
  [
    "every open escalation, whatever its cause",
    { ...hundred, openEscalations: { PERMANENT_FAILURE: 1, UNRESOLVABLE: 2 } },
    ["RESOLVE_ESCALATIONS 3"]
  ],
  ["one customer undetermined", { ...hundred, undetermined: 1 }, ["COMPLETE_THE_FEED 1"]],
  ["not 2 % unreachable", { ...hundred, unreachable: { NO_PHONE: 2 } }, []],
  [
    "more than 2 % unreachable",
    { ...hundred, unreachable: { NO_PHONE: 2, LANDLINE: 1 } },
    ["CORRECT_PHONE_NUMBERS 3"]
  ],
  ["not 2 % failed", { ...hundred, states: { failed: 1, undeliverable: 1 } }, []],
  [
    "more than 2 % failed and undeliverable together",
    { ...hundred, states: { failed: 2, undeliverable: 1 } },
    ["REVIEW_DELIVERY_FAILURES 3"]
  ],
  [
    "refusals where the carrier accepted nothing",
    { ...hundred, accepted: 0, states: { failed: 1 } },
    ["REVIEW_DELIVERY_FAILURES 1"]
  ],
  ["a message expired", { ...hundred, states: { expired: 1 } }, ["WIDEN_THE_SEND_WINDOW 1"]],
  ["a correction observed", { ...hundred, correctionsObserved: 1 }, ["EXPLAIN_CORRECTIONS 1"]]
]

describe("recommendations", () => {
  for (const [name, figures, expected] of cases) {
    it(`for ${name}: ${expected.join(", ") || "none"}`, () => {
      assert.deepStrictEqual(codes(figures), expected)
    })
  }

  it("come most urgent first, and name the figure that led to them", () => {
    assert.deepStrictEqual(codes({ ...complete, unreachable: { NO_PHONE: 20 } }), [
      "RESOLVE_ESCALATIONS 19",
      "COMPLETE_THE_FEED 20",
      "CORRECT_PHONE_NUMBERS 24",
      "REVIEW_DELIVERY_FAILURES 28",
      "WIDEN_THE_SEND_WINDOW 6",
      "EXPLAIN_CORRECTIONS 2"
    ])
  })
})
