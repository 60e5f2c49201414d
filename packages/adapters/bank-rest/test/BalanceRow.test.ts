import { BusinessDate, Money } from "@tidemark/core/rules"
import { assert, describe, it } from "vitest"
import * as BalanceRow from "../src/BalanceRow.ts"

const date = BusinessDate.parse("2026-09-03") ?? assert.fail("no date")
const whole = { accountId: "A-1", amount: "15000.00", currency: "ILS", kind: "closingBooked" }
const read = (item: unknown) => BalanceRow.read(item, date, "first page, item 1")

describe("BalanceRow", () => {
  for (const [amount, minorUnits] of [
    ["15000.00", 1_500_000n],
    ["-0.01", -1n],
    ["0", 0n],
    ["9999999999999999.99", 999_999_999_999_999_999n]
  ] as const) {
    it(`reads ${amount} exactly (B7)`, () => {
      const row = read({ ...whole, amount })
      assert.isTrue(BalanceRow.isCaptured(row) && row.minorUnits === minorUnits)
    })
  }

  for (const amount of [
    "NaN",
    "Infinity",
    "",
    "15,000",
    "1.5e4",
    "15000.005",
    "٣",
    "\u200f1",
    "\ufeff1",
    " 1",
    "0x10"
  ]) {
    it(`keeps a row whose amount is ${JSON.stringify(amount)}, as malformed (B6)`, () => {
      const row = read({ ...whole, amount })
      assert.isTrue(BalanceRow.isCaptured(row) && Money.isMalformed(row.minorUnits))
    })
  }

  for (const [item, code, accountId] of [
    [null, "MISSING_FIELD", null],
    ["row", "MISSING_FIELD", null],
    [{ ...whole, accountId: "" }, "MISSING_FIELD", null],
    [{ ...whole, accountId: 7 }, "MISSING_FIELD", null],
    [{ ...whole, accountId: "A".repeat(65) }, "MISSING_FIELD", null],
    [{ ...whole, amount: null }, "MISSING_FIELD", "A-1"],
    [{ ...whole, currency: undefined }, "MISSING_FIELD", "A-1"],
    [{ ...whole, businessDate: "2026-09-04" }, "WRONG_DATE", "A-1"],
    [{ ...whole, amount: 15_000 }, "MALFORMED", "A-1"],
    [{ ...whole, amount: 15_000.5 }, "MALFORMED", "A-1"],
    [{ ...whole, amount: ["15000.00"] }, "MALFORMED", "A-1"],
    [{ ...whole, currency: 376 }, "MALFORMED", "A-1"],
    [{ ...whole, currency: "I".repeat(17) }, "MALFORMED", "A-1"],
    [{ ...whole, kind: "closingAvailable" }, "MALFORMED", "A-1"]
  ] as const) {
    it(`names ${JSON.stringify(item)} ${code} (B5, B8, B9)`, () => {
      const row = read(item)
      if (BalanceRow.isCaptured(row)) return assert.fail("captured")
      assert.strictEqual(row.code, code)
      assert.strictEqual(row.accountId, accountId)
      assert.notInclude(row.message, "15")
    })
  }

  it("keeps another currency, and one that is none, for the capture to name (B5)", () => {
    for (const currency of ["USD", "XXX", "nis", ""]) {
      const row = read({ ...whole, currency })
      assert.isTrue(BalanceRow.isCaptured(row) && row.currency === currency)
    }
  })

  it("takes a row that names its own date, and one without a kind", () => {
    assert.isTrue(BalanceRow.isCaptured(read({ ...whole, businessDate: "2026-09-03" })))
    const { kind: _kind, ...rest } = whole
    assert.isTrue(BalanceRow.isCaptured(read(rest)))
  })
})
