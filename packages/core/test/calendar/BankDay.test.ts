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

const [ordinary, short] = [false, true]

describe("BankDay.messageDay (product rules, Send window), first match wins", () => {
  const table: ReadonlyArray<
    readonly [string, BankDay.BankDay, shortWeekday: boolean, BankDay.MessageDay]
  > = [
    ["a business day", open(), ordinary, "ordinary"],
    ["a day of the week the rules call short", open(), short, "short"],
    ["a holiday eve", open({ eve: true }), ordinary, "short"],
    ["a holiday eve on a short day", open({ eve: true }), short, "short"],
    ["a mourning day on which banks open", open({ mourning: true }), ordinary, "mourning"],
    ["a mourning day that is an eve", open({ eve: true, mourning: true }), ordinary, "mourning"],
    ["a mourning day on a short day", open({ mourning: true }), short, "mourning"],
    ["a mourning day on which banks close", closed("mourning"), ordinary, "mourning"],
    ["Shabbat", closed("shabbat"), ordinary, "closed"],
    ["a weekend that is no Shabbat", closed("weekend"), short, "closed"],
    ["a holiday", closed("holiday"), ordinary, "closed"],
    ["a holiday on a short day", closed("holiday"), short, "closed"],
    ["a declared closure", closed("declared"), ordinary, "closed"]
  ]
  for (const [name, day, shortWeekday, expected] of table) {
    it(`${name} is ${expected}`, () => {
      assert.strictEqual(BankDay.messageDay(day, shortWeekday), expected)
    })
  }
})
