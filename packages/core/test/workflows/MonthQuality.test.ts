import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as CaptureDay from "../../src/workflows/CaptureDay.ts"
import { always, type Balances, type HandCustomer, makeHandBank } from "./HandBank.ts"
import { captured, monthEndMs, qualified } from "./months.ts"
import { makeWorld, month, type World, type WorldOptions } from "./World.ts"

/** What the report counts, and what left as events, by check. */
const found = async (world: World) => {
  const { issues } = await world.run(world.store.monthFigures({ month }))
  const { events } = await world.run(world.store.outbox({ limit: 10_000 }))
  const raised: Record<string, number> = {}
  for (const { payload, type } of events) {
    if (type !== "DataQualityIssueRaised" || payload.businessDate === null) continue
    if (CalendarMonth.of(payload.businessDate) !== month) continue
    raised[payload.code] = (raised[payload.code] ?? 0) + payload.count
  }
  assert.deepStrictEqual(raised, issues)
  return issues
}

const decided = async (
  customers: ReadonlyArray<HandCustomer>,
  balanceOf: Balances,
  over: WorldOptions = {}
) => {
  const hand = makeHandBank(customers, balanceOf, 2)
  const world = makeWorld({ balances: hand.balances, customers: hand.customers, ...over })
  await world.run(captured(world))
  await world.run(qualified(true))
  return world
}

const people = (...ids: ReadonlyArray<string>) => ids.map((id) => ({ id }))

// Caught: pages not looked at; the month not judged; days missed before a customer came; customers
// of a part of the month taken for full-month ones; the month judged before its pages were decided;
// the first account taken where no single primary one can be told.
describe("a decided month", () => {
  it("of which everything is known raises nothing", async () => {
    assert.deepStrictEqual(await found(await decided(people("ann", "ben"), always)), {})
  })

  it("names each full-month customer who misses a day, once, and doubts its coverage", async () => {
    const ids = ["ann", "ben", "eve", "ian"]
    const gaps: Balances = (id, date) =>
      (id === "A-ben" && date === "2026-10-14") || (id === "A-ian" && date > "2026-10-20")
        ? null
        : 1_500_000n
    const world = await decided(people(...ids), gaps)
    // Two captures had fewer accounts than the one before, and half of the month is undetermined.
    assert.deepInclude(await found(world), { MISSING: 2, COVERAGE_BELOW_LIMIT: 3 })
  })

  it("says nothing of the days before a customer came", async () => {
    const accounts = [{ id: "A-ben", primary: true, openedOn: "2026-10-15" }]
    const balances: Balances = (id, date) =>
      id === "A-ben" && date < "2026-10-15" ? null : 1_500_000n
    const issues = await found(await decided([{ id: "ann" }, { id: "ben", accounts }], balances))
    assert.notProperty(issues, "MISSING")
  })

  it("names a customer of whom no single primary account can be told", async () => {
    const two = [{ id: "A-1" }, { id: "A-2" }]
    const both = two.map((account) => ({ ...account, id: `${account.id}b`, primary: true }))
    const customers = [{ id: "ann" }, { id: "ben", accounts: two }, { id: "eve", accounts: both }]
    const issues = await found(await decided(customers, always))
    assert.deepStrictEqual(issues, { NO_PRIMARY_ACCOUNT: 2, COVERAGE_BELOW_LIMIT: 1 })
  })

  it("without a full-month customer is doubted by that alone", async () => {
    const accounts = [{ id: "A-ben", primary: true, openedOn: "2026-10-15" }]
    const issues = await found(await decided([{ id: "ben", accounts }], always))
    assert.deepStrictEqual(issues, { ZERO_CUSTOMERS: 1 })
  })

  it("names an account with a balance strange for its own history, once", async () => {
    const first = BusinessDate.unchecked("2026-08-31")
    const strange: Balances = (id, date) =>
      id === "A-ben" && (date === "2026-10-14" || date === "2026-10-15") ? 90_000_000n : 1_500_000n
    const hand = makeHandBank(people("ann", "ben"), strange, 2)
    const world = makeWorld({ balances: hand.balances, customers: hand.customers })
    const september = CalendarMonth.dates(CalendarMonth.previous(month))
    await world.run(captured(world, [first, ...september, ...CalendarMonth.dates(month)]))
    await world.run(qualified(true))
    assert.deepInclude(await found(world), { ANOMALY: 1 })
  })

  // Caught: the read made although no history can be long enough.
  it("reads no history where the policy asks for more than a month can hold", async () => {
    const hand = makeHandBank(people("ann"), always)
    const world = makeWorld({
      balances: hand.balances,
      customers: hand.customers,
      policy: { balance: { limits: { anomalyMinimumHistory: 32 } } },
      store: () => ({ anomalies: () => Effect.die("read") })
    })
    await world.run(captured(world))
    assert.deepInclude(await world.run(qualified(true)), { _tag: "Decided" })
  })

  // Caught: a gate that closes over the accounts a doubtful capture lost.
  it("is not reached while a capture that lost half of its rows is not mended", async () => {
    const hand = makeHandBank(people("ann", "ben"), (id, date) =>
      id === "A-ben" && date === "2026-10-14" ? null : 1_500_000n
    )
    const world = makeWorld({ balances: hand.balances, customers: hand.customers })
    await world.run(captured(world))
    const alarms = { COVERAGE_BELOW_LIMIT: 1 }
    assert.deepStrictEqual(await found(world), alarms)
    assert.deepInclude(await world.run(qualified()), { _tag: "Incomplete", customers: 1 })
    hand.bank.balanceOf = always
    const businessDate = BusinessDate.unchecked("2026-10-14")
    await world.run(CaptureDay.captureDay({ businessDate, again: true, nowMs: monthEndMs }))
    assert.deepInclude(await world.run(qualified()), { _tag: "Decided", qualified: 2 })
    assert.deepStrictEqual(await found(world), alarms)
  })

  it("says it once, though its worker died after the page was looked at", async () => {
    const hand = makeHandBank(people("ann", "ben"), (id, date) =>
      id === "A-ann" && date === "2026-10-14" ? null : 1_500_000n
    )
    let dies = true
    const world = makeWorld({
      balances: hand.balances,
      customers: hand.customers,
      store: (verbs) => ({
        recordDecisions: (input) => (dies ? Effect.die("killed") : verbs.recordDecisions(input))
      })
    })
    await world.run(captured(world))
    await world.run(Effect.exit(qualified(true)))
    dies = false
    world.pass(CaptureDay.runLeaseMs)
    await world.run(qualified(true))
    assert.deepInclude(await found(world), { MISSING: 1 })
  })
})
