import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { CustomersError } from "../../src/ports/Customers.ts"
import * as CaptureDay from "../../src/workflows/CaptureDay.ts"
import * as QualifyMonth from "../../src/workflows/QualifyMonth.ts"
import {
  always,
  type Balances,
  type HandBank,
  type HandCustomer,
  makeHandBank
} from "./HandBank.ts"
import { captured, datesOf, monthEndMs, qualified } from "./months.ts"
import { makeWorld, month, type World, type WorldOptions } from "./World.ts"

const worldOf = (hand: HandBank, over: WorldOptions = {}): World =>
  makeWorld({ balances: hand.balances, customers: hand.customers, ...over })

const people = (...ids: ReadonlyArray<string>): ReadonlyArray<HandCustomer> =>
  ids.map((id) => ({ id }))

const decisionOf = async (world: World, customerId: string) => {
  const found = await world.run(world.store.customerMonth({ customerId, month }))
  return found.decision
}

/** Qualified, NotQualified BELOW_THRESHOLD … */
const said = async (world: World, customerId: string): Promise<string> => {
  const decision = await decisionOf(world, customerId)
  return `${decision?.outcome} ${decision?.reasons[0]?.code}`
}

const hashOf = async (world: World): Promise<string | null | undefined> => {
  const { months } = await world.run(world.store.ledger({ nowMs: monthEndMs }))
  return months.find((row) => row.month === month)?.contentHash
}

/** Below on 14 October. */
const dip: Balances = (_, date) => (date === "2026-10-14" ? 1_499_999n : 1_500_000n)
/** No row on 14 October. */
const gap: Balances = (_, date) => (date === "2026-10-14" ? null : 1_500_000n)

const byCustomer =
  (own: Readonly<Record<string, Balances>>): Balances =>
  (accountId, date) =>
    (own[accountId] ?? always)(accountId, date)

describe("a month with every balance", () => {
  it("is decided once, with exactly the threshold passing (invariants 2, 6)", async () => {
    const hand = makeHandBank(people("ann", "ben"), byCustomer({ "A-ben": dip }))
    const world = worldOf(hand)
    await world.run(captured(world))
    assert.deepStrictEqual(await world.run(qualified()), {
      _tag: "Decided",
      population: 2,
      qualified: 1
    })
    assert.strictEqual(await said(world, "ann"), "Qualified MET_EVERY_DAY")
    assert.strictEqual(await said(world, "ben"), "NotQualified BELOW_THRESHOLD")
    assert.deepStrictEqual(await world.run(qualified()), { _tag: "AlreadyDecided" })
  })

  it("leaves as one event with counts and hash, never the customers", async () => {
    const world = worldOf(makeHandBank(people("ann", "ben"), always))
    await world.run(captured(world))
    await world.run(qualified())
    const { events } = await world.run(world.store.outbox({ limit: 1000 }))
    const decided = events.filter((event) => event.type === "QualificationCalculated")
    assert.strictEqual(decided.length, 1)
    assert.deepInclude(decided[0]?.payload, { month, population: 2, totalQualified: 2 })
    assert.notInclude(JSON.stringify(decided), "ann")
  })

  it("is left to the worker who is at it", async () => {
    const world = worldOf(makeHandBank(people("ann"), always))
    await world.run(captured(world))
    const claim = { kind: "qualify", key: month, again: false, correlationId: "x" } as const
    await world.run(
      world.store.claimRun({ ...claim, leaseMs: CaptureDay.runLeaseMs, nowMs: monthEndMs })
    )
    assert.deepStrictEqual(await world.run(qualified()), { _tag: "Busy" })
  })
})

describe("the completeness gate (invariant 8)", () => {
  const hand = () => makeHandBank(people("ann", "ben"), byCustomer({ "A-ben": gap }))

  it("stays open while a full-month customer misses a date, and names it", async () => {
    const world = worldOf(hand())
    await world.run(captured(world))
    assert.deepStrictEqual(await world.run(qualified()), {
      _tag: "Incomplete",
      missing: datesOf(world).filter((date) => date === "2026-10-14"),
      customers: 1,
      customerIds: ["ben"]
    })
    assert.isNull(await decisionOf(world, "ann"))
  })

  it("closes when the date has come by backfill", async () => {
    const bank = hand()
    const world = worldOf(bank)
    await world.run(captured(world))
    bank.bank.balanceOf = always
    const businessDate = datesOf(world).find((date) => date === "2026-10-14")
    if (businessDate === undefined) return assert.fail("not captured")
    await world.run(CaptureDay.captureDay({ businessDate, again: true, nowMs: monthEndMs }))
    assert.deepInclude(await world.run(qualified()), { _tag: "Decided", qualified: 2 })
  })

  it("closes at the cut-off: what is missing then is undetermined (invariant 7)", async () => {
    const world = worldOf(hand())
    await world.run(captured(world))
    assert.deepInclude(await world.run(qualified(true)), { _tag: "Decided", qualified: 1 })
    assert.strictEqual(await said(world, "ben"), "Undetermined DATA_INCOMPLETE")
    assert.isNull((await decisionOf(world, "ben"))?.notificationId ?? null)
  })

  it("is not held open by a customer who was not there the whole month", async () => {
    const accounts = [{ id: "A-ben", primary: true, openedOn: "2026-10-15" }]
    const bank = makeHandBank([{ id: "ann" }, { id: "ben", accounts }], (accountId, date) =>
      accountId === "A-ben" && date < "2026-10-15" ? null : 1_500_000n
    )
    const world = worldOf(bank)
    await world.run(captured(world))
    assert.deepInclude(await world.run(qualified()), { _tag: "Decided", qualified: 1 })
    assert.strictEqual(await said(world, "ben"), "NotQualified NOT_FULL_MONTH")
  })

  it("a known failing day decides, though another is missing (invariant 7)", async () => {
    const both: Balances = (id, date) => (date === "2026-10-15" ? null : dip(id, date))
    const world = worldOf(makeHandBank(people("ann"), both))
    await world.run(captured(world))
    await world.run(qualified(true))
    assert.strictEqual(await said(world, "ann"), "NotQualified BELOW_THRESHOLD")
  })
})

describe("a run that is gone on with", () => {
  it("has the content hash of one that never stopped (invariant 10)", async () => {
    const ids = ["ann", "ben", "eve", "ian", "una"]
    const balances = byCustomer({ "A-ben": dip })
    const whole = worldOf(makeHandBank(people(...ids), balances, 2))
    await whole.run(captured(whole))
    await whole.run(qualified())

    const hand = makeHandBank(people(...ids), balances, 2)
    const pages: Array<string | null> = []
    let dies = true
    const world = worldOf(hand, {
      customers: {
        active: (asked, cursor) => {
          if (cursor === "4" && dies) return Effect.die("killed")
          pages.push(cursor)
          return hand.customers.active(asked, cursor)
        }
      }
    })
    await world.run(captured(world))
    // At the cut-off no survey reads the pages first.
    await world.run(Effect.exit(qualified(true)))
    dies = false
    world.pass(CaptureDay.runLeaseMs)
    assert.deepInclude(await world.run(qualified(true)), { _tag: "Decided", population: 5 })
    assert.deepStrictEqual(pages, [null, "2", "4"])
    assert.strictEqual(await hashOf(world), await hashOf(whole))
  })

  it("whose pages are all recorded is only finished", async () => {
    const hand = makeHandBank(people("ann", "ben"), always)
    let dies = true
    const world = worldOf(hand, {
      store: (verbs) => ({
        finishQualification: (input) =>
          dies ? Effect.die("killed") : verbs.finishQualification(input)
      })
    })
    await world.run(captured(world))
    await world.run(Effect.exit(qualified(true)))
    dies = false
    world.pass(CaptureDay.runLeaseMs)
    const { customers } = hand.asked
    assert.deepInclude(await world.run(qualified(true)), { _tag: "Decided", population: 2 })
    assert.strictEqual(hand.asked.customers, customers)
  })

  it("and was taken over meanwhile writes nothing more", async () => {
    const hand = makeHandBank(people("ann", "ben", "eve"), always, 1)
    let slow = true
    const world = worldOf(hand, {
      store: (verbs) => ({
        recordDecisions: (input) =>
          Effect.gen(function* () {
            if (slow && input.page === 1) {
              slow = false
              world.pass(CaptureDay.runLeaseMs)
              const claim = { kind: "qualify", key: month, again: false } as const
              yield* verbs.claimRun({
                ...claim,
                leaseMs: CaptureDay.runLeaseMs,
                nowMs: monthEndMs,
                correlationId: "other"
              })
            }
            return yield* verbs.recordDecisions(input)
          })
      })
    })
    await world.run(captured(world))
    assert.deepStrictEqual(await world.run(qualified()), { _tag: "TakenOver" })
    assert.isNotNull(await decisionOf(world, "ann"))
    assert.isNull(await decisionOf(world, "ben"))
  })
})

describe("a bank that does not answer", () => {
  it("about its customers fails the run, which stays where it is", async () => {
    const hand = makeHandBank(people("ann"), always)
    const world = worldOf(hand)
    await world.run(captured(world))
    hand.faults.customers = "Unavailable"
    const error = await world.run(Effect.flip(qualified()))
    assert.instanceOf(error, CustomersError)
    assert.strictEqual(hand.asked.customers, 5)
    hand.faults.customers = undefined
    assert.strictEqual((await world.run(qualified()))._tag, "Decided")
  })

  it("but leads in a circle is refused as malformed, never read for ever", async () => {
    const hand = makeHandBank(people("ann", "ben", "eve"), always, 1)
    const world = worldOf(hand, {
      customers: {
        active: (asked, cursor) =>
          Effect.map(hand.customers.active(asked, cursor), (page) => ({
            ...page,
            nextCursor: cursor === "1" ? "1" : page.nextCursor
          }))
      }
    })
    await world.run(captured(world))
    const error = await world.run(Effect.flip(qualified(true)))
    assert.isTrue(error._tag === "CustomersError" && error.reason === "Malformed")
    assert.strictEqual(hand.asked.customers, 2)
  })
})

describe("customers with several accounts", () => {
  const accounts = [
    { id: "A-1", primary: true },
    { id: "A-2", primary: false }
  ]
  const run = async (
    rule: string,
    balances: Balances,
    given: HandCustomer = { id: "ann", accounts }
  ) => {
    const qualification = { approval: "automatic", accounts: rule }
    const world = worldOf(makeHandBank([given], balances), { policy: { qualification } })
    await world.run(captured(world))
    await world.run(qualified(true))
    return said(world, "ann")
  }
  /** Each account is good on the days on which the other is not. */
  const inTurns: Balances = (id, date) =>
    (Number(date.slice(8)) % 2 === 0) === (id === "A-1") ? 2_000_000n : 0n

  it("under primaryAccount go by the one the bank names", async () => {
    const balances: Balances = (id) => (id === "A-1" ? 1_500_000n : 0n)
    assert.strictEqual(await run("primaryAccount", balances), "Qualified MET_EVERY_DAY")
    const other: Balances = (id) => (id === "A-2" ? 1_500_000n : 0n)
    assert.strictEqual(await run("primaryAccount", other), "NotQualified BELOW_THRESHOLD")
  })

  it("under primaryAccount are undetermined when the bank names none of several", async () => {
    const unnamed = accounts.map((account) => ({ ...account, primary: false }))
    const found = await run("primaryAccount", always, { id: "ann", accounts: unnamed })
    assert.strictEqual(found, "Undetermined DATA_INCOMPLETE")
  })

  it("under anyAccount need one that passes every day alone", async () => {
    const balances: Balances = (id) => (id === "A-2" ? 1_500_000n : 0n)
    assert.strictEqual(await run("anyAccount", balances), "Qualified MET_EVERY_DAY")
    assert.strictEqual(await run("anyAccount", inTurns), "NotQualified BELOW_THRESHOLD")
  })

  it("under sumOfAccounts add the day's balances first", async () => {
    assert.strictEqual(await run("sumOfAccounts", () => 750_000n), "Qualified MET_EVERY_DAY")
    assert.strictEqual(await run("sumOfAccounts", inTurns), "Qualified MET_EVERY_DAY")
    assert.strictEqual(await run("sumOfAccounts", () => 749_999n), "NotQualified BELOW_THRESHOLD")
  })

  for (const rule of ["primaryAccount", "anyAccount", "sumOfAccounts"]) {
    it(`under ${rule} stay in the population without any account`, async () => {
      const found = await run(rule, always, { id: "ann", accounts: [] })
      assert.strictEqual(found, "Undetermined DATA_INCOMPLETE")
    })
  }
})

describe("what a qualified customer's contact data says at the decision", () => {
  const reachOf = async (over: Partial<HandCustomer>) => {
    const world = worldOf(makeHandBank([{ id: "ann", ...over }], always))
    await world.run(captured(world))
    await world.run(qualified())
    const decision = await decisionOf(world, "ann")
    return [decision?.reach ?? null, decision?.notificationId !== null] as const
  }

  it("reachable: a message is held", async () => {
    assert.deepStrictEqual(await reachOf({}), [{ _tag: "Reachable" }, true])
  })

  it("excluded: none is, whatever the number", async () => {
    assert.deepStrictEqual(await reachOf({ permission: "excluded", phone: null }), [
      { _tag: "Excluded", reason: "BY_HAND" },
      false
    ])
  })

  it("suppressed: one is held, because a suppression may be lifted until the mark", async () => {
    assert.deepStrictEqual(await reachOf({ permission: "suppressed" }), [
      { _tag: "Reachable" },
      true
    ])
  })

  it("unreachable: none is", async () => {
    const unreachable = (reason: string) =>
      [{ _tag: "Unreachable", reason } as const, false] as const
    assert.deepStrictEqual(await reachOf({ phone: null }), unreachable("NO_PHONE"))
    assert.deepStrictEqual(await reachOf({ phone: " " }), unreachable("NO_PHONE"))
    assert.deepStrictEqual(await reachOf({ phone: "03-6021234" }), unreachable("LANDLINE"))
  })

  it("unrenderable: none is", async () => {
    const text = "a".repeat(400)
    const message = {
      messageClass: "service",
      defaultLanguage: "en",
      templates: { en: { text, withoutName: text } }
    }
    const world = worldOf(makeHandBank(people("ann"), always), { policy: { message } })
    await world.run(captured(world))
    await world.run(qualified())
    const decision = await decisionOf(world, "ann")
    assert.deepStrictEqual(decision?.reach, { _tag: "Unrenderable", reason: "TOO_LONG" })
  })
})

describe("a survey", () => {
  it("says nothing of a month without gaps", async () => {
    const world = worldOf(makeHandBank(people("ann"), always))
    await world.run(captured(world))
    assert.deepStrictEqual(await world.run(QualifyMonth.survey(month)), {
      missing: [],
      customers: 0,
      customerIds: []
    })
  })
})
