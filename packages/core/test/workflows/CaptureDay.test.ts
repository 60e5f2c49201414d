import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import { ClosingBalancesError } from "../../src/ports/ClosingBalances.ts"
import * as CaptureDay from "../../src/workflows/CaptureDay.ts"
import { always, type HandBank, makeHandBank } from "./HandBank.ts"
import { instant, makeWorld, minute, type WorldOptions } from "./World.ts"

const businessDate = BusinessDate.unchecked("2026-10-11")
const nowMs = instant("2026-10-11T22:00:00Z")
const ids = ["ann", "ben", "eve", "ian", "una"]

const worldOf = (hand: HandBank, over: WorldOptions = {}) =>
  makeWorld({ balances: hand.balances, customers: hand.customers, startMs: nowMs, ...over })

const bankOf = (pageSize = 2, balanceOf = always): HandBank =>
  makeHandBank(
    ids.map((id) => ({ id })),
    balanceOf,
    pageSize
  )

const capture = (over: Partial<CaptureDay.CaptureInput> = {}) =>
  CaptureDay.captureDay({ businessDate, again: false, nowMs, ...over })

/** The reason of a capture that failed; `undefined` for one that did not. */
const failureOf = (over: Partial<CaptureDay.CaptureInput> = {}) =>
  capture(over).pipe(
    Effect.as(undefined),
    Effect.catchTag("ClosingBalancesError", ({ reason }) => Effect.succeed(reason))
  )

const issuesOf = async (world: ReturnType<typeof makeWorld>) => {
  const { events } = await world.run(world.store.outbox({ limit: 100 }))
  return events.flatMap((event) =>
    event.type === "DataQualityIssueRaised" ? [event.payload.code] : []
  )
}

describe("a capture", () => {
  it("stores every page of the bank, and compares its control totals", async () => {
    const world = worldOf(bankOf())
    assert.deepStrictEqual(await world.run(capture()), {
      _tag: "Captured",
      pages: 3,
      stored: 5,
      superseded: 0,
      conflicts: 0,
      issues: 0
    })
    assert.deepStrictEqual(await issuesOf(world), [])
  })

  it("is done once: asking again changes nothing, and asks the bank nothing", async () => {
    const hand = bankOf()
    const world = worldOf(hand)
    await world.run(capture())
    const { balances } = hand.asked
    assert.deepStrictEqual(await world.run(capture()), { _tag: "AlreadyCaptured" })
    assert.strictEqual(hand.asked.balances, balances)
  })

  it("asked for on purpose takes what the bank has corrected, as a later revision", async () => {
    const hand = bankOf()
    const world = worldOf(hand)
    await world.run(capture())
    hand.bank.balanceOf = (id) => (id === "A-eve" ? 1n : 2_000_000n)
    const again = await world.run(capture({ again: true }))
    assert.deepInclude(again, { _tag: "Captured", stored: 0, superseded: 1 })
  })

  it("leaves the date to the worker who is at it", async () => {
    const world = worldOf(bankOf())
    const claim = world.store.claimRun({
      kind: "capture",
      key: businessDate,
      again: false,
      leaseMs: CaptureDay.runLeaseMs,
      nowMs,
      correlationId: "other"
    })
    await world.run(claim)
    assert.deepStrictEqual(await world.run(capture()), { _tag: "Busy" })
    world.pass(CaptureDay.runLeaseMs)
    assert.strictEqual((await world.run(capture()))._tag, "Captured")
  })

  it("of an empty feed stores nothing, and asks whether the bank was closed", async () => {
    const world = worldOf(bankOf(2, () => null))
    const outcome = await world.run(capture())
    assert.deepInclude(outcome, { _tag: "Captured", pages: 1, stored: 0, issues: 1 })
    assert.deepStrictEqual(await issuesOf(world), ["ZERO_CUSTOMERS"])
  })

  it("says when the bank counts otherwise than it sends", async () => {
    const hand = bankOf()
    const world = worldOf(hand, {
      balances: {
        page: (date, cursor) =>
          Effect.map(hand.balances.page(date, cursor), (page) => ({
            ...page,
            controlTotals: page.controlTotals && { ...page.controlTotals, count: 6 }
          }))
      }
    })
    await world.run(capture())
    assert.deepStrictEqual(await issuesOf(world), ["CONTROL_TOTALS_DIFFER"])
  })

  it("compares no totals where the bank gives none", async () => {
    const hand = bankOf()
    hand.bank.control = false
    const world = worldOf(hand)
    await world.run(capture())
    assert.deepStrictEqual(await issuesOf(world), [])
  })
})

describe("a page with bad rows", () => {
  it("stores the good ones, and one issue for each of the others", async () => {
    const hand = bankOf(1000)
    hand.bank.control = false
    const world = worldOf(hand, {
      balances: {
        page: (date, cursor) =>
          Effect.map(hand.balances.page(date, cursor), (page) => ({
            ...page,
            // Two amounts for Ann, and a row nobody can read.
            balances: [
              ...page.balances,
              ...page.balances
                .filter(({ accountId }) => accountId === "A-ann")
                .map((row) => ({ ...row, minorUnits: 1n }))
            ],
            problems: [
              { code: "MALFORMED", accountId: null, where: "line 7", message: "not a number" }
            ]
          }))
      }
    })
    const outcome = await world.run(capture())
    assert.deepInclude(outcome, { _tag: "Captured", stored: 4, conflicts: 1, issues: 2 })
    assert.sameMembers(await issuesOf(world), ["CONFLICT", "MALFORMED"])
  })
})

describe("a feed that fails", () => {
  it("is asked again a few times, then left to the next tick", async () => {
    const hand = bankOf()
    hand.faults.balances = "Unavailable"
    const world = worldOf(hand)
    const before = world.nowMs()
    assert.strictEqual(await world.run(failureOf()), "Unavailable")
    assert.strictEqual(hand.asked.balances, 5)
    assert.isBelow(world.nowMs() - before, minute)
  })

  it("is not asked again when it is malformed: that is for people", async () => {
    const hand = bankOf()
    hand.faults.balances = "Malformed"
    const world = worldOf(hand)
    await world.run(failureOf())
    assert.strictEqual(hand.asked.balances, 1)
  })

  it("in the middle is gone on with at its cursor, its totals kept", async () => {
    const hand = bankOf()
    const seen: Array<string | null> = []
    let broken = true
    const world = worldOf(hand, {
      balances: {
        page: (date, cursor) => {
          if (broken && cursor === "2") {
            return Effect.fail(new ClosingBalancesError({ reason: "Unauthorized", detail: "" }))
          }
          seen.push(cursor)
          return hand.balances.page(date, cursor)
        }
      }
    })
    await world.run(failureOf())
    broken = false
    world.pass(CaptureDay.runLeaseMs)
    assert.deepInclude(await world.run(capture()), { _tag: "Captured", pages: 3, stored: 3 })
    assert.deepStrictEqual(seen, [null, "2", "4"])
    // Five rows and their sum are the bank's own only if the first page was counted as well.
    assert.deepStrictEqual(await issuesOf(world), [])
  })

  it("whose worker died before the finish is finished without being read again", async () => {
    const hand = bankOf()
    let dies = true
    const world = worldOf(hand, {
      store: (verbs) => ({
        captureTotals: (input) => (dies ? Effect.die("killed") : verbs.captureTotals(input))
      })
    })
    await world.run(Effect.exit(capture()))
    dies = false
    world.pass(CaptureDay.runLeaseMs)
    const { balances } = hand.asked
    assert.deepInclude(await world.run(capture()), { _tag: "Captured", pages: 3, stored: 0 })
    assert.strictEqual(hand.asked.balances, balances)
    assert.deepStrictEqual(await issuesOf(world), [])
  })
})

describe("a bank that leads in a circle", () => {
  const circle = (to: string) => {
    const hand = bankOf()
    const state = { broken: true }
    const world = worldOf(hand, {
      balances: {
        page: (date, cursor) =>
          Effect.map(hand.balances.page(date, cursor), (page) =>
            state.broken && cursor === "2" ? { ...page, nextCursor: to } : page
          )
      }
    })
    return { hand, state, world }
  }

  it("to the page itself is refused as malformed, and its page is not counted", async () => {
    const { hand, state, world } = circle("2")
    assert.strictEqual(await world.run(failureOf()), "Malformed")
    assert.strictEqual(hand.asked.balances, 2)
    state.broken = false
    world.pass(CaptureDay.runLeaseMs)
    assert.deepInclude(await world.run(capture()), { _tag: "Captured", pages: 3 })
    assert.deepStrictEqual(await issuesOf(world), [])
  })

  it("to an earlier page is refused as malformed", async () => {
    const hand = bankOf(1)
    const world = worldOf(hand, {
      balances: {
        page: (date, cursor) =>
          Effect.map(hand.balances.page(date, cursor), (page) =>
            cursor === "3" ? { ...page, nextCursor: "1" } : page
          )
      }
    })
    assert.strictEqual(await world.run(failureOf()), "Malformed")
    assert.strictEqual(hand.asked.balances, 4)
  })
})

describe("a run that another worker took over", () => {
  it("writes nothing more", async () => {
    const hand = bankOf()
    let slow = true
    const world = worldOf(hand, {
      store: (verbs) => ({
        recordCapturedPage: (input) =>
          Effect.gen(function* () {
            if (slow && input.page === 1) {
              slow = false
              world.pass(CaptureDay.runLeaseMs)
              const other = yield* verbs.claimRun({
                kind: "capture",
                key: businessDate,
                again: false,
                leaseMs: CaptureDay.runLeaseMs,
                nowMs,
                correlationId: "other"
              })
              assert.deepInclude(other, { _tag: "Claimed", page: 1 })
            }
            return yield* verbs.recordCapturedPage(input)
          })
      })
    })
    assert.deepStrictEqual(await world.run(capture()), { _tag: "TakenOver" })
    const { captures } = await world.run(world.store.ledger({ nowMs }))
    assert.deepStrictEqual(captures, [])
    world.pass(CaptureDay.runLeaseMs)
    assert.deepInclude(await world.run(capture()), { _tag: "Captured", pages: 3, stored: 3 })
  })
})
