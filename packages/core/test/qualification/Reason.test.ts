import { assert, describe, it } from "vitest"
import * as Currency from "../../src/money/Currency.ts"
import * as Reason from "../../src/qualification/Reason.ts"
import { date } from "../calendar/scenarios.ts"

const dates = [{ from: date("2026-04-03"), to: date("2026-04-04") }]
const worst = { date: date("2026-04-04"), shortfallMinorUnits: 120_050n }
const [opened, closed] = [date("2026-04-02"), date("2026-04-20")]

describe("Reason in words and as JSON (product rules, Days)", () => {
  const texts: ReadonlyArray<readonly [Reason.Reason, string]> = [
    [{ code: "NOT_FULL_MONTH", dates: [] }, "not a customer for the whole month"],
    [
      { code: "NOT_FULL_MONTH", dates: [], opened },
      "not a customer for the whole month, opened on 2026-04-02"
    ],
    [
      { code: "NOT_FULL_MONTH", dates: [], opened, closed },
      "not a customer for the whole month, opened on 2026-04-02, closed on 2026-04-20"
    ],
    [{ code: "BELOW_THRESHOLD", dates }, "below the threshold on 2026-04-03 to 2026-04-04"],
    [
      { code: "BELOW_THRESHOLD", dates, worst },
      "below the threshold on 2026-04-03 to 2026-04-04; worst on 2026-04-04, short by 1,200.50 ILS"
    ],
    [{ code: "DATA_INCOMPLETE", dates }, "no closing balance for 2026-04-03 to 2026-04-04"],
    [{ code: "MET_EVERY_DAY", dates }, "at or above the threshold on every day"],
    [{ code: "DAYS_MISSING", dates }, "also without a closing balance: 2026-04-03 to 2026-04-04"],
    [{ code: "DAYS_IN_CONFLICT", dates }, "two different amounts for 2026-04-03 to 2026-04-04"],
    [
      { code: "DAYS_DERIVED", dates },
      "taken from the last closing balance before: 2026-04-03 to 2026-04-04"
    ],
    [
      { code: "DAYS_WAIVED", dates },
      "excluded from the rule by an operator: 2026-04-03 to 2026-04-04"
    ]
  ]
  for (const [reason, text] of texts) {
    it(`${reason.code}: ${text}`, () => {
      assert.strictEqual(Reason.toText(reason, Currency.ils), text)
    })
  }

  it("writes amounts as decimal texts, so that JSON loses nothing", () => {
    const reason: Reason.Reason = { code: "BELOW_THRESHOLD", dates, worst }
    assert.deepStrictEqual(JSON.parse(JSON.stringify(Reason.toJson(reason))), {
      code: "BELOW_THRESHOLD",
      dates: [{ from: "2026-04-03", to: "2026-04-04" }],
      worst: { date: "2026-04-04", shortfallMinor: "120050" }
    })
    const plain: Reason.Reason = { code: "NOT_FULL_MONTH", dates: [], opened, closed }
    assert.deepStrictEqual<unknown>(Reason.toJson(plain), plain)
  })
})
