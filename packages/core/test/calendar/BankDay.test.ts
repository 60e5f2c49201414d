import { assert, describe, it } from "vitest"
import * as BankDay from "../../src/calendar/BankDay.ts"

const open = (over: Partial<BankDay.OpenDay> = {}): BankDay.BankDay => ({
  kind: "business",
  endsAtMinute: 1110,
  eve: false,
  mourning: false,
  ...over
})
const closed = (reason: BankDay.ClosedReason): BankDay.BankDay => ({
  kind: "closed",
  reason,
  name: reason
})

const [sunday, friday, saturday] = [0, 5, 6]

describe("BankDay.messageDay (product rules, Send window), first match wins", () => {
  const table: ReadonlyArray<
    readonly [string, BankDay.BankDay, weekday: number, BankDay.MessageDay]
  > = [
    ["a business day", open(), sunday, "ordinary"],
    ["a Friday on which banks open", open(), friday, "short"],
    ["a holiday eve", open({ eve: true }), sunday, "short"],
    ["a holiday eve on a Friday", open({ eve: true }), friday, "short"],
    ["a mourning day on which banks open", open({ mourning: true }), sunday, "mourning"],
    ["a mourning day that is an eve", open({ eve: true, mourning: true }), sunday, "mourning"],
    ["a mourning day on a Friday", open({ mourning: true }), friday, "mourning"],
    ["a mourning day on which banks close", closed("mourning"), sunday, "mourning"],
    ["Shabbat", closed("shabbat"), saturday, "closed"],
    ["a weekend that is no Shabbat", closed("weekend"), friday, "closed"],
    ["a holiday", closed("holiday"), sunday, "closed"],
    ["a holiday on a Friday", closed("holiday"), friday, "closed"],
    ["a declared closure", closed("declared"), sunday, "closed"]
  ]
  for (const [name, day, weekday, expected] of table) {
    it(`${name} is ${expected}`, () => {
      assert.strictEqual(BankDay.messageDay(day, weekday), expected)
    })
  }
})
