/**
 * The rules alone through whole years of faults, judged by the bank's books and the carrier's own
 * log; then programs with one rule taken out, which must be found. Few seeds here; `npm run sim`
 * lives as many as it is asked to.
 *
 * **Source** — simulation, level 1; invariants 5 to 8, 13 to 16, 18 to 23, 34, 35, 50 and 52 of the
 * delivery protocol.
 */
import { assert, describe, it } from "vitest"
import type * as MonthDays from "../../src/balance/MonthDays.ts"
import * as Attempt from "../../src/delivery/Attempt.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import * as SendWindow from "../../src/delivery/SendWindow.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"
import * as MonthState from "../../src/qualification/MonthState.ts"
import { rules } from "../../src/testing/model/Rules.ts"
import { variants } from "../../src/testing/model/Variants.ts"
import { runRules, type RunRulesOptions } from "../../src/testing/ruleSimulator/RunRules.ts"

const small: RunRulesOptions = { customers: 20, months: 4 }

/** What the first seeds that show anything show, as `invariant what`. */
const found = (options: RunRulesOptions, seeds: number): ReadonlySet<string> => {
  const shown = new Set<string>()
  for (let seed = 1; seed <= seeds && shown.size === 0; seed++) {
    const { violations } = runRules(seed, { ...small, ...options })
    for (const { invariant, what } of violations) shown.add(`${invariant} ${what}`)
  }
  return shown
}

describe("for every seed", () => {
  it("always decides as the books say, loses nobody and writes to nobody twice", () => {
    const struck = new Map<string, number>()
    for (let seed = 0; seed < 48; seed++) {
      const lived = runRules(seed)
      assert.deepStrictEqual([...lived.violations], [], `seed ${seed}`)
      assert.isAtLeast(lived.faults, 40, `seed ${seed}`)
      for (const [kind, count] of lived.struck) struck.set(kind, (struck.get(kind) ?? 0) + count)
    }
    const never = [...struck].filter(([, count]) => count === 0)
    assert.deepStrictEqual(never, [], "every kind of fault strikes")
  })

  // Caught: a status held against the program although the carrier itself had called the message
  // dead, delivered it all the same, and told nobody. Seeds of the campaign of 200,000 years.
  it("never blames the program for what the carrier told nobody", () => {
    for (const seed of [6528, 8946, 24904]) {
      assert.deepStrictEqual([...runRules(seed).violations], [], `seed ${seed}`)
    }
  })

  // Caught: a request that came after its validity and died at once, counted as a message; a
  // balance told in the very millisecond of the decision.
  it("never blames the program for what nobody could have known or received", () => {
    for (const seed of [41254, 52775, 53122, 56665, 59353, 108206]) {
      assert.deepStrictEqual([...runRules(seed).violations], [], `seed ${seed}`)
    }
  })

  // Caught: a look-up that could not show yet what the carrier had called dead (decision 0017).
  it("never takes a message for dead that the carrier's index does not show yet", () => {
    assert.deepStrictEqual([...runRules(76586).violations], [])
  })

  // Caught: a count of what was asked that was kept from one run to the next.
  it("always lives the same years again (invariant 50)", () => {
    const first = runRules(9, small)
    assert.strictEqual(runRules(9, small).traceHash, first.traceHash)
    assert.notStrictEqual(runRules(10, small).traceHash, first.traceHash)
  })
})

// Each of these is a planted bug that stays planted: the rule it replaces is named by its option.
describe("for every broken program", () => {
  // The canary: were these not found, the simulator would see nothing.
  it.each([
    ["V1", "19 accepted twice", 20],
    ["V3", "19 accepted twice", 20],
    ["V5", "19 accepted twice", 20],
    ["V9", "19 accepted twice", 60]
  ])("always finds the protocol variant %s: %s", (name, expected, seeds) => {
    const variant = variants.find((one) => one.name === name)
    if (variant === undefined) throw new Error(name)
    const carrierClass = variant.carrierClass === "K-late" ? "K" : variant.carrierClass
    if (carrierClass === "K" || carrierClass === "N" || carrierClass === "L") {
      assert.include([...found({ carrierClass, rules: variant.rules }, seeds)], expected)
    } else assert.fail(carrierClass)
  })

  it("always finds a threshold that 15,000.00 does not meet (invariant 6)", () => {
    const meets = (minor: bigint, threshold: bigint): boolean => minor > threshold
    assert.include([...found({ rules: { meets } }, 10)], "6 wrong verdict")
  })

  it("always finds a closed day that fails for want of a balance (invariant 6)", () => {
    const carryForward: typeof MonthDays.carryForward = (_, days) => days
    assert.include([...found({ rules: { carryForward } }, 70)], "6 wrong verdict")
  })

  it("always finds a missing day that is read as zero (invariant 7)", () => {
    const decide: typeof Qualification.decide = (input) =>
      Qualification.decide({
        ...input,
        days: { ...input.days, observed: 0x7fff_ffff, conflict: 0 }
      })
    assert.include([...found({ rules: { decide } }, 10)], "6 wrong verdict")
  })

  it("always finds a gate that closes with the month (invariant 8)", () => {
    const monthState: typeof MonthState.decide = (state, command) =>
      MonthState.decide(
        state,
        command._tag === "CheckGate" ? { ...command, incompleteCustomers: 0 } : command
      )
    const expected = "8 decided before the days are known"
    assert.include([...found({ rules: { monthState } }, 70)], expected)
  })

  it("always finds a window that stays open on Friday afternoons (invariant 16)", () => {
    const windowAt: typeof SendWindow.stateAt = (policy, calendar, zone, nowMs) =>
      SendWindow.stateAt({ ...policy, short: policy.ordinary }, calendar, zone, nowMs)
    const expected = "16 request outside the window"
    assert.include([...found({ months: 13, rules: { windowAt } }, 80)], expected)
  })

  it("always finds a mark that asks for no permission to send (invariant 16)", () => {
    const guard: typeof rules.guard = (notification, n, context, facts) =>
      rules.guard(notification, n, { ...context, standing: undefined }, facts)
    const step: typeof Delivery.step = (notification, event, context) =>
      event._tag === "Suppressed" && event.reason === "OPTED_OUT"
        ? { notification, facts: [] }
        : Delivery.step(notification, event, { ...context, standing: undefined })
    const expected = "16 request after an opt-out"
    assert.include([...found({ months: 13, rules: { guard, step } }, 40)], expected)
  })

  it("always finds a failure that no later delivery overrules (invariant 22)", () => {
    const step: typeof Delivery.step = (notification, event, context) => {
      const row = "n" in event ? notification.attempts[event.n - 1] : undefined
      return event._tag === "ReceiptSeen" && row !== undefined && Attempt.hasFailed(row)
        ? { notification, facts: [] }
        : Delivery.step(notification, event, context)
    }
    const options = { months: 13, carrierClass: "LV", rules: { step } } as const
    assert.include([...found(options, 60)], "22 delivery denied")
  })

  it("always finds a protocol on which time has no effect (invariant 34)", () => {
    const step: typeof Delivery.step = (notification, event, context) =>
      event._tag === "TimePassed"
        ? { notification, facts: [] }
        : Delivery.step(notification, event, context)
    assert.include([...found({ rules: { step } }, 20)], "34 stuck")
  })
})
