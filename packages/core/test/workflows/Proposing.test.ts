import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as Proposing from "../../src/workflows/Proposing.ts"
import * as ReleaseMonth from "../../src/workflows/ReleaseMonth.ts"
import * as SubmitDue from "../../src/workflows/SubmitDue.ts"
import * as Tick from "../../src/workflows/Tick.ts"
import { stage } from "./Desk.ts"
import { always, type Balances } from "./HandBank.ts"
import { monthEndMs, opensMs, qualified } from "./months.ts"
import { day, instant, month } from "./World.ts"

const short: Balances = (account, on) =>
  account === "A-ann" && on === "2026-10-14" ? 1_499_999n : 1_500_000n

/** Nobody knows what ann had on the 14th. */
const gap: Balances = (account, on) =>
  account === "A-ann" && on === "2026-10-14" ? null : 1_500_000n

/** Sunday 8 November: the five window days after the release are over. */
const expiredMs = instant("2026-11-08T07:00:00Z")

describe("a waiver", () => {
  it("leaves the day out of the rule, and says so", async () => {
    const { agreed, reasonsOf, said, waive, world } = await stage(short)
    assert.strictEqual(await agreed(waive("ann", "2026-10-14")), "Confirmed")
    await world.run(qualified())
    assert.strictEqual(await said("ann"), "Qualified 1 held")
    assert.deepStrictEqual(await reasonsOf("ann"), ["MET_EVERY_DAY", "DAYS_DERIVED", "DAYS_WAIVED"])
    const found = await world.run(world.store.customerMonth({ customerId: "ann", month }))
    assert.strictEqual(found.decision?.waived, 1 << 13)
  })

  it("of a missing day closes the gate: the day counts as known", async () => {
    const { agreed, said, waive, world } = await stage(gap)
    assert.strictEqual((await world.run(qualified()))._tag, "Incomplete")
    await agreed(waive("ann", "2026-10-14"))
    assert.strictEqual((await world.run(qualified()))._tag, "Decided")
    assert.strictEqual(await said("ann"), "Qualified 1 held")
  })

  it("is part of the evidence: the same balances without it have another hash", async () => {
    const [plain, waived] = [await stage(short), await stage(short)]
    await waived.agreed(waived.waive("ben", "2026-10-14"))
    const hashes: Array<string | null | undefined> = []
    for (const desk of [plain, waived]) {
      await desk.world.run(qualified())
      hashes.push((await desk.rowOf())?.contentHash)
    }
    assert.notStrictEqual(hashes[0], hashes[1])
  })

  it("of a decided month decides the customer again", async () => {
    const { agreed, redecided, said, waive, world } = await stage(short)
    await world.run(qualified())
    assert.strictEqual(await said("ann"), "NotQualified 1 no message")
    await agreed(waive("ann", "2026-10-14"))
    assert.strictEqual(await redecided(), 1)
    assert.strictEqual(await said("ann"), "Qualified 2 held")
    assert.strictEqual(await said("ben"), "Qualified 1 held")
  })

  it("is refused in words before anybody has to confirm it", async () => {
    const { waive, world } = await stage(always)
    const refusals = async (customerId: string, first: string, ...more: ReadonlyArray<string>) => {
      const result = await waive(customerId, first, ...more)
      return result._tag === "Refused" ? result.reason : result._tag
    }
    assert.strictEqual(await refusals("ann", "2026-11-01"), "DayNotOver")
    assert.strictEqual(await refusals("ann", "2026-10-14", "2026-09-30"), "DATE_OUTSIDE_MONTH")
    const six = ["2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06"]
    assert.strictEqual(await refusals("ann", "2026-10-01", ...six), "TOO_MANY_DAYS")
    await world.run(qualified())
    assert.strictEqual(await refusals("eve", "2026-10-14"), "UNKNOWN_CUSTOMER")
  })
})

describe("a grant", () => {
  it("is one message for a wronged customer, sent by the next tick", async () => {
    const { agreed, grant, said, world } = await stage(short)
    await world.run(qualified())
    await world.run(ReleaseMonth.releaseMonth(month, monthEndMs))
    assert.strictEqual(await agreed(grant("ann")), "Confirmed")
    assert.strictEqual(await said("ann"), "NotQualified 1 held")
    await world.run(Tick.tick({ nowMs: opensMs, roles: ["notify"] }))
    assert.strictEqual(await said("ann"), "NotQualified 1 active")
    const again = await grant("ann")
    assert.deepStrictEqual(again, { _tag: "Refused", reason: "HAS_MESSAGE" })
    await world.run(Tick.tick({ nowMs: opensMs, roles: ["notify"] }))
    assert.deepInclude(await world.carrierAudit(), { accepted: 2, references: 2 })
  })

  it("shows apart in the report, whose law holds", async () => {
    const { agreed, grant, world } = await stage(short)
    await world.run(qualified())
    await world.run(ReleaseMonth.releaseMonth(month, monthEndMs))
    await agreed(grant("ann"))
    let nowMs = opensMs
    for (let i = 0; i < 60; i++) {
      await world.tell(nowMs)
      const { nextWakeAtMs } = await world.run(Tick.tick({ nowMs }))
      nowMs = Math.max(nextWakeAtMs, nowMs + 60_000)
    }
    const found = await world.run(world.store.report({ month, version: "final" }))
    const report: unknown = JSON.parse(found?.json ?? "null")
    assert.containSubset(report, {
      summary: { customersMonitored: 2, qualified: 1 },
      delivery: { granted: { delivered: 1 }, dispositions: { notQualified: 1, delivered: 1 } },
      conservation: [{ holds: true }, { holds: true }]
    })
  })

  it("ends with the messages of its month, and is refused after that", async () => {
    const { grant, said, world } = await stage(short)
    await world.run(qualified())
    await world.run(ReleaseMonth.releaseMonth(month, monthEndMs))
    const late = await grant("ann", expiredMs)
    assert.deepStrictEqual(late, { _tag: "Refused", reason: "MESSAGES_EXPIRED" })
    const before = await grant("ann")
    if (before._tag !== "Proposed") assert.fail(before._tag)
    const { proposalId } = before.proposal
    const outcome = await world.run(
      Proposing.confirm({ proposalId, by: "noa", nowMs: monthEndMs + 3 * day })
    )
    assert.strictEqual(outcome._tag, "Confirmed")
    await world.run(Tick.tick({ nowMs: expiredMs, roles: ["notify", "track"] }))
    assert.strictEqual(await said("ann"), "NotQualified 1 expired")
  })

  it("is refused for whoever has a message of the program's own", async () => {
    const { grant, world } = await stage(short)
    assert.deepStrictEqual(await grant("ann"), { _tag: "Refused", reason: "MONTH_NOT_DECIDED" })
    await world.run(qualified())
    assert.deepStrictEqual(await grant("ben"), { _tag: "Refused", reason: "QUALIFIED" })
    assert.deepStrictEqual(await grant("eve"), { _tag: "Refused", reason: "UNKNOWN_CUSTOMER" })
  })
})

describe("a message made by a correction after the release", () => {
  // Caught: an expiry counted from the release of the message instead of the month's.
  it("has no longer time than the month's others", async () => {
    const { agreed, redecided, waive, world } = await stage(short)
    await world.run(qualified())
    await world.run(ReleaseMonth.releaseMonth(month, monthEndMs))
    await world.run(SubmitDue.submitDue(Effect.succeed(opensMs)))
    await agreed(waive("ann", "2026-10-14"))
    await redecided()
    await world.run(ReleaseMonth.releaseMonth(month, opensMs + day))
    const expiries = await Promise.all(
      ["ann", "ben"].map(async (customerId) => {
        const found = await world.run(world.store.customerMonth({ customerId, month }))
        return found.notification?.notification.expiryMs
      })
    )
    assert.isNumber(expiries[0])
    assert.strictEqual(expiries[0], expiries[1])
  })
})
