/**
 * A whole month on the memory store, from the first capture to the final report, with the faults
 * of bank and carrier; judged by the carrier's own log and by an oracle that knows the bank's books
 * and nothing of our code.
 *
 * **Source** — invariants 5, 6, 18, 19, 20, 34 and 43.
 */
import { assert, describe, it } from "vitest"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import type { MonthlyReport } from "../../src/report/MonthlyReport.ts"
import * as SandboxBank from "../../src/testing/SandboxBank.ts"
import type * as SandboxScript from "../../src/testing/SandboxScript.ts"
import { capabilities } from "../../src/testing/SmsCarrierMemory.ts"
import * as IssueReport from "../../src/workflows/IssueReport.ts"
import * as Tick from "../../src/workflows/Tick.ts"
import { instant, makeWorld, minute, month, type World, type WorldOptions } from "./World.ts"

const customers = 160

const bankFaults: SandboxScript.BankScript = [
  { on: "balances", kind: "5xx", every: 7 },
  { on: "balances", kind: "timeout", every: 17 },
  { on: "balances", kind: "truncated", every: 23 },
  { on: "customers", kind: "429", nth: 2 },
  { on: "contact", kind: "reset", every: 5 },
  { on: "permissions", kind: "5xx", every: 7 },
  { on: "date", kind: "late", hours: 9, only: "2026-10-20" },
  { on: "row", kind: "repeat", date: "2026-10-21", share: 0.2 }
]

const carrierFaults: SandboxScript.CarrierScript = [
  { on: "submit", kind: "timeout-after-accept", every: 3 },
  { on: "submit", kind: "reset-before-accept", every: 4 },
  { on: "submit", kind: "429", nth: 5, retryAfterSeconds: 20 },
  { on: "submit", kind: "5xx-after-accept", nth: 6 },
  { on: "submit", kind: "unreadable-after-accept", nth: 7 },
  { on: "submit", kind: "401", nth: 10 },
  { on: "message", kind: "refuse-invalid-number", share: 0.02 },
  { on: "message", kind: "throttle", every: 31 },
  { on: "message", kind: "omit-after-accept", every: 37 },
  { on: "message", kind: "omit-before-accept", every: 41 },
  { on: "message", kind: "contradict", every: 43 },
  { on: "receipt", kind: "absent-subscriber", share: 0.08 },
  { on: "receipt", kind: "never", share: 0.02 },
  { on: "receipt", kind: "late", share: 0.03 },
  { on: "receipt", kind: "rejected", share: 0.02 },
  { on: "receipt", kind: "duplicate", share: 0.05 },
  { on: "receipt", kind: "out-of-order", share: 0.05 },
  { on: "receipt", kind: "contradictory", share: 0.02 },
  { on: "lookup", kind: "5xx", every: 3 },
  { on: "receipts", kind: "timeout", every: 4 }
]

/** Ticks until a final report, as a scheduler would that obeys what each tick says. */
const play = async (world: World): Promise<MonthlyReport> => {
  let nowMs = instant("2026-09-30T22:00:00Z")
  for (let turn = 0; turn < 3000; turn++) {
    await world.tell(nowMs)
    const result = await world.run(Tick.tick({ nowMs }))
    assert.isAbove(result.nextWakeAtMs, nowMs)
    if ((await world.run(world.store.report({ month, version: "final" }))) !== null) break
    if (result.more) continue
    // A moment of real time is a moment of business time too, and something may be due in it.
    const waitMs = result.recheck ? 10 * minute : result.nextWakeAtMs - nowMs
    world.pass(waitMs)
    nowMs = Math.min(nowMs + waitMs, result.nextWakeAtMs)
  }
  const report = await world.run(IssueReport.makeReport(month, "final", nowMs))
  return "_tag" in report
    ? assert.fail(`${report.reason} ${JSON.stringify(report.checks)}`)
    : report
}

/** Who kept 15,000.00 on every day, read off the bank's own books. */
const expected = (seed: number) => {
  const bank = SandboxBank.make({ ...SandboxBank.defaults, seed, customers, months: [month] })
  const { calendar, thresholdMinor } = bank.options
  const counts = { qualified: 0, notQualified: 0 }
  for (let index = 0; index < customers; index++) {
    const { closedOn, openedOn } = SandboxBank.lifeOf(bank, index)
    let passes =
      (openedOn === null || openedOn <= CalendarMonth.first(month)) &&
      (closedOn === null || closedOn > CalendarMonth.last(month))
    for (const date of CalendarMonth.dates(month)) {
      let booked = date
      while (!BankCalendar.isBusinessDay(calendar, booked))
        booked = BusinessDate.addDays(booked, -1)
      if (SandboxBank.balanceMinor(bank, index, booked) < thresholdMinor) passes = false
    }
    if (passes) counts.qualified++
    else counts.notQualified++
  }
  return counts
}

const worldOf = (seed: number, over: WorldOptions = {}): World =>
  makeWorld({
    startMs: instant("2026-09-30T22:00:00Z"),
    bank: { customers, seed, script: bankFaults, pageSize: 100 },
    carrier: { seed, script: carrierFaults },
    batch: { submissions: 40, customers: 70, receipts: 50 },
    ...over
  })

describe("for every seed of faults, a month", () => {
  for (let seed = 1; seed <= 5; seed++) {
    it(`of seed ${seed} always ends with the bank's own verdicts and no message twice`, async () => {
      const world = worldOf(seed)
      const report = await play(world)
      const { dispositions } = report.delivery
      const { notQualified, population, qualified, undetermined } = dispositions
      assert.deepStrictEqual(
        { population, undetermined, qualified, notQualified },
        { population: customers, undetermined: 0, ...expected(seed) }
      )
      for (const check of report.conservation) assert.isTrue(check.holds, check.law)

      const audit = await world.carrierAudit()
      assert.isAbove(Object.keys(audit.faults).length, 12)
      assert.deepStrictEqual(audit.repeated, [])
      assert.deepStrictEqual(audit.overlapping, [])
      // What the carrier has, we know of; what we call accepted, the carrier has (21, 22).
      const { accepted = 0, closed = 0 } = report.delivery.attemptsByState
      assert.strictEqual(accepted + closed, audit.references)

      // Nothing is left behind (34).
      const ledger = await world.run(world.store.ledger({ nowMs: world.nowMs() }))
      assert.deepStrictEqual(ledger.pendingMonths, [])
      assert.strictEqual(ledger.delivery.unresolved, 0)
      assert.strictEqual(ledger.unpublished, 0)
      assert.strictEqual(
        new Set(world.published.map((event) => event.id)).size,
        world.published.length
      )
    })
  }
})

describe("the same seed", () => {
  it("always gives the same report, byte for byte (invariants 43, 50)", async () => {
    const [first, second] = [await play(worldOf(3)), await play(worldOf(3))]
    assert.strictEqual(JSON.stringify(first), JSON.stringify(second))
  })
})

describe("a carrier with less to offer", () => {
  const ratePerSecond = 1_000_000
  const classes = {
    "keys alone": { ...capabilities, ratePerSecond, lookup: "none", validity: "none" },
    "look-up alone": { ...capabilities, ratePerSecond, idempotency: "none", validity: "none" },
    nothing: {
      ...capabilities,
      ratePerSecond,
      idempotency: "none",
      lookup: "none",
      validity: "none"
    }
  } as const
  for (const [name, declared] of Object.entries(classes)) {
    it(`that has ${name} never delivers one reference twice, and every message ends`, async () => {
      const world = worldOf(5, { capabilities: declared })
      const report = await play(world)
      for (const check of report.conservation) assert.isTrue(check.holds, check.law)
      assert.strictEqual(report.delivery.dispositions.pending, 0)
      assert.deepStrictEqual((await world.carrierAudit()).repeated, [])
    })
  }
})
