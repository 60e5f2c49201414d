import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as IssueReport from "../../src/workflows/IssueReport.ts"
import * as ReleaseMonth from "../../src/workflows/ReleaseMonth.ts"
import * as SubmitDue from "../../src/workflows/SubmitDue.ts"
import * as TrackDue from "../../src/workflows/TrackDue.ts"
import { always, makeHandBank } from "./HandBank.ts"
import { captured, monthEndMs, opensMs, qualified, released } from "./months.ts"
import { hour, makeWorld, month, type WorldOptions } from "./World.ts"

const stage = (over: WorldOptions = {}) => {
  const hand = makeHandBank([{ id: "ann" }, { id: "ben", phone: null }], always)
  return makeWorld({ balances: hand.balances, customers: hand.customers, ...over })
}

const finished = async (over: WorldOptions = {}) => {
  const world = stage(over)
  await world.run(released(world))
  await world.tell(opensMs)
  await world.run(SubmitDue.submitDue(Effect.succeed(opensMs)))
  await world.tell(opensMs + 2 * hour)
  await world.run(TrackDue.trackDue(Effect.succeed(opensMs + 2 * hour)))
  return world
}

const nowMs = opensMs + 3 * hour

describe("a report", () => {
  it("is recorded with the hash of its bytes, and announced", async () => {
    const world = await finished()
    const report = await world.run(IssueReport.issueReport(month, "final", nowMs))
    if ("_tag" in report) return assert.fail(report.reason)
    const row = await world.run(world.store.report({ month, version: "final" }))
    if (row === null) return assert.fail("was not recorded")
    assert.strictEqual(row.json, JSON.stringify(report))
    assert.strictEqual(row.hash, createHash("sha256").update(row.json).digest("hex"))
    const { events } = await world.run(world.store.outbox({ limit: 1000 }))
    assert.deepInclude(events.at(-1)?.payload, { month, version: "final", hash: row.hash })
  })

  it("is the same from the same month, byte for byte (invariant 43)", async () => {
    const made = await Promise.all(
      [1, 2].map(async () => {
        const world = await finished()
        return JSON.stringify(await world.run(IssueReport.makeReport(month, "final", nowMs)))
      })
    )
    assert.strictEqual(made[0], made[1])
  })

  it("measures coverage against the dates its own policy captures", async () => {
    const world = await finished()
    const report = await world.run(IssueReport.makeReport(month, "final", nowMs))
    if ("_tag" in report) return assert.fail(report.reason)
    assert.deepInclude(report.performance.captureCoverage, { numerator: 26, denominator: 26 })
  })

  it("when final closes the month; when provisional does not", async () => {
    const world = await finished()
    const status = async () =>
      (await world.run(world.store.ledger({ nowMs }))).months.find((row) => row.month === month)
        ?.status
    await world.run(IssueReport.issueReport(month, "provisional", nowMs))
    assert.strictEqual(await status(), "released")
    await world.run(IssueReport.issueReport(month, "final", nowMs))
    assert.strictEqual(await status(), "closed")
  })

  it("is not recorded while a message is on its way", async () => {
    const world = stage()
    await world.run(released(world))
    const report = await world.run(IssueReport.issueReport(month, "final", nowMs))
    assert.isTrue("_tag" in report && report.reason === "PENDING")
    assert.isNull(await world.run(world.store.report({ month, version: null })))
  })

  it("is not recorded when it does not add up, and says which law fails", async () => {
    const world = await finished({
      store: (verbs) => ({
        monthFigures: (input) =>
          Effect.map(verbs.monthFigures(input), (figures) => ({ ...figures, qualified: 3 }))
      })
    })
    const report = await world.run(IssueReport.issueReport(month, "final", nowMs))
    if (!("_tag" in report)) return assert.fail("was issued")
    assert.strictEqual(report.reason, "MISCOUNT")
    assert.deepStrictEqual(
      report.checks.map((check) => check.holds),
      [false, false]
    )
    assert.isNull(await world.run(world.store.report({ month, version: null })))
  })
})

describe("a release", () => {
  it("makes every held message active, page by page, and names the policy as approver", async () => {
    const world = stage({ batch: { customers: 1 } })
    await world.run(captured(world))
    await world.run(qualified())
    assert.strictEqual(await world.run(ReleaseMonth.releaseMonth(month, monthEndMs)), 1)
    assert.strictEqual(await world.run(ReleaseMonth.releaseMonth(month, monthEndMs)), 0)
    const { months } = await world.run(world.store.ledger({ nowMs }))
    const row = months.find((one) => one.month === month)
    assert.deepStrictEqual(row?.approvedBy, ["policy:automatic"])
    assert.strictEqual(row?.status, "released")
  })

  it("of a month nobody approved releases nothing", async () => {
    const world = stage({ policy: { qualification: { approval: "twoPeople" } } })
    await world.run(captured(world))
    await world.run(qualified())
    assert.strictEqual(await world.run(ReleaseMonth.releaseMonth(month, monthEndMs)), 0)
    const { months } = await world.run(world.store.ledger({ nowMs }))
    assert.strictEqual(months.find((one) => one.month === month)?.status, "decided")
  })

  it("of a month that is not decided releases nothing", async () => {
    const world = stage()
    assert.strictEqual(await world.run(ReleaseMonth.releaseMonth(month, monthEndMs)), 0)
  })
})
