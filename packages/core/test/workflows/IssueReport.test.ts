import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import { countedAnnex } from "../../src/ports/ReportRenderer.ts"
import type * as Dispositions from "../../src/report/Dispositions.ts"
import type { MonthFigures } from "../../src/report/MonthFigures.ts"
import * as IssueReport from "../../src/workflows/IssueReport.ts"
import * as ReleaseMonth from "../../src/workflows/ReleaseMonth.ts"
import * as SubmitDue from "../../src/workflows/SubmitDue.ts"
import * as Tick from "../../src/workflows/Tick.ts"
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

const population = {
  population: (of: MonthFigures) => ({ ...of, population: of.population + 1 }),
  qualified: (of: MonthFigures) => ({ ...of, qualified: of.qualified + 1 }),
  notQualified: (of: MonthFigures) => ({ ...of, notQualified: of.notQualified + 1 }),
  undetermined: (of: MonthFigures) => ({ ...of, undetermined: of.undetermined + 1 })
}

const more = (counts: Readonly<Record<string, number>>, name: string) => ({
  ...counts,
  [name]: (counts[name] ?? 0) + 1
})

type Plant = (figures: MonthFigures) => MonthFigures

/** One more than the truth, where each count of the two laws comes from. */
const oneTooMany: Readonly<Record<Dispositions.Disposition | keyof typeof population, Plant>> = {
  unreachable: (of) => ({ ...of, unreachable: more(of.unreachable, "LANDLINE") }),
  excluded: (of) => ({ ...of, excluded: more(of.excluded, "DECEASED") }),
  unrenderable: (of) => ({ ...of, unrenderable: more(of.unrenderable, "TOO_LONG") }),
  suppressed: (of) => ({ ...of, states: more(of.states, "suppressed") }),
  expired: (of) => ({ ...of, states: more(of.states, "expired") }),
  delivered: (of) => ({ ...of, states: more(of.states, "delivered") }),
  failed: (of) => ({ ...of, states: more(of.states, "failed") }),
  undeliverable: (of) => ({ ...of, states: more(of.states, "undeliverable") }),
  escalated: (of) => ({ ...of, states: more(of.states, "escalated") }),
  pending: (of) => ({ ...of, states: more(of.states, "waiting") }),
  ...population
}

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

  for (const [name, planted] of Object.entries(oneTooMany)) {
    it(`is never issued, and so never restated, with one too many ${name}`, async () => {
      let plants = true
      const world = await finished({
        store: (verbs) => ({
          monthFigures: (input) =>
            Effect.map(verbs.monthFigures(input), (figures) =>
              plants ? planted(figures) : figures
            )
        })
      })
      const refused = await world.run(IssueReport.issueReport(month, "final", nowMs))
      assert.isTrue("_tag" in refused && refused._tag === "NotFinal")
      assert.strictEqual("reason" in refused && refused.reason, "MISCOUNT")
      assert.isNull(await world.run(world.store.report({ month, version: null })))
      plants = false
      await world.run(IssueReport.issueReport(month, "final", nowMs))
      plants = true
      const restated = await world.run(IssueReport.restateReport(month, nowMs + 1))
      assert.strictEqual("reason" in restated && restated.reason, "MISCOUNT")
      assert.strictEqual(
        (await world.run(world.store.report({ month, version: null })))?.version,
        "final"
      )
    })
  }

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

describe("a restated report", () => {
  /** A month whose final report is issued, in a store that counts corrections as told since. */
  const closed = async () => {
    const found = { corrections: 0, stored: 0 }
    const world = await finished({
      store: (verbs) => ({
        monthFigures: (input) =>
          Effect.map(verbs.monthFigures(input), (figures) => ({
            ...figures,
            correctionsObserved: found.corrections,
            receipts: { ...figures.receipts, stored: found.stored }
          }))
      })
    })
    await world.run(IssueReport.issueReport(month, "final", nowMs))
    return { found, world }
  }
  const restate = (world: Awaited<ReturnType<typeof finished>>, atMs: number) =>
    world.run(IssueReport.restateReport(month, atMs))

  it("is never made of a month without a final one", async () => {
    const world = await finished()
    assert.deepStrictEqual(await restate(world, nowMs), { _tag: "NoFinalReport" })
    await world.run(IssueReport.issueReport(month, "provisional", nowMs))
    assert.deepStrictEqual(await restate(world, nowMs), { _tag: "NoFinalReport" })
  })

  // Caught: comparing the whole of both, which the later issuedAt always makes different.
  it("is not issued while the final one still says what is so", async () => {
    const { found, world } = await closed()
    assert.deepStrictEqual(await restate(world, nowMs + hour), {
      _tag: "Unchanged",
      version: "final"
    })
    found.stored = 99
    assert.deepInclude(await restate(world, nowMs + hour), { _tag: "Unchanged" })
  })

  // Caught: restating under the version asked for first, which the store keeps as it was.
  it("is issued once for each change, numbered on, and every version stays as it was", async () => {
    const { found, world } = await closed()
    const final = await world.run(world.store.report({ month, version: "final" }))
    for (const n of [1, 2]) {
      found.corrections = n
      const report = await restate(world, nowMs + n * hour)
      assert.deepInclude(report, { version: `restated-${n}` })
      assert.deepStrictEqual(await restate(world, nowMs + n * hour + 1), {
        _tag: "Unchanged",
        version: `restated-${n}`
      })
      const row = await world.run(world.store.report({ month, version: `restated-${n}` }))
      assert.strictEqual(row?.json, JSON.stringify(report))
    }
    assert.deepStrictEqual(await world.run(world.store.report({ month, version: "final" })), final)
    const { months, reports } = await world.run(world.store.ledger({ nowMs }))
    assert.deepStrictEqual(
      reports.map(({ version }) => version),
      ["final", "restated-1", "restated-2"]
    )
    assert.strictEqual(months.find((row) => row.month === month)?.status, "closed")
  })
})

describe("a tick after the month was closed", () => {
  const restatements = async (world: Awaited<ReturnType<typeof finished>>, atMs: number) => {
    const { done } = await world.run(
      Tick.tick({ nowMs: atMs, roles: ["qualify", "track", "report"] })
    )
    return done.filter(({ work }) => work === "report").map(({ subject }) => subject)
  }

  // Caught: restating on late receipts alone.
  it("restates what a correction has changed, once for each correction", async () => {
    const world = await finished()
    await world.run(IssueReport.issueReport(month, "final", nowMs))
    assert.deepStrictEqual(await restatements(world, nowMs), [])
    for (const n of [1, 2]) {
      const atMs = nowMs + n * hour
      await world.run(
        world.store.correctBalance({
          accountId: "A-ann",
          businessDate: CalendarMonth.dateAt(month, 13 + n),
          minorUnits: 1n,
          met: false,
          reason: "booked late",
          by: "dana",
          nowMs: atMs
        })
      )
      assert.deepStrictEqual(await restatements(world, atMs), [`${month} restated-${n}`])
      assert.deepStrictEqual(await restatements(world, atMs + 1), [])
    }
  })

  // Caught: restating on corrections alone.
  it("restates what a late receipt has changed", async () => {
    const late = { folded: 0, delivered: 0 }
    const world = await finished({
      store: (verbs) => ({
        ledger: (input) =>
          Effect.map(verbs.ledger(input), (view) => ({
            ...view,
            delivery: { ...view.delivery, unfoldedReceipts: late.folded }
          })),
        foldReceipts: (input) =>
          Effect.map(verbs.foldReceipts(input), (folded) => {
            const more = late.folded
            late.folded = 0
            return { ...folded, folded: folded.folded + more }
          }),
        monthFigures: (input) =>
          Effect.map(verbs.monthFigures(input), (figures) => ({
            ...figures,
            corrections: figures.corrections + late.delivered
          }))
      })
    })
    await world.run(IssueReport.issueReport(month, "final", nowMs))
    late.folded = 1
    assert.deepStrictEqual(await restatements(world, nowMs + hour), [])
    late.delivered = 1
    late.folded = 1
    assert.deepStrictEqual((await restatements(world, nowMs + 2 * hour)).slice(0, 1), [
      `${month} restated-1`
    ])
  })
})

describe("the annex", () => {
  it("lists every customer of the month, each once, in the counts of its report", async () => {
    const world = await finished()
    const report = await world.run(IssueReport.issueReport(month, "final", nowMs))
    if ("_tag" in report) return assert.fail(report.reason)
    const annex = await world.run(IssueReport.annex(month))
    const pages = await world.run(Stream.runCollect(countedAnnex(report, annex)))
    assert.deepStrictEqual(pages.flat(), [
      {
        customerId: "ann",
        outcome: "Qualified",
        firstReason: "MET_EVERY_DAY",
        dates: [],
        daysMet: 31,
        daysRequired: 31,
        disposition: "delivered",
        dispositionReason: null
      },
      {
        customerId: "ben",
        outcome: "Qualified",
        firstReason: "MET_EVERY_DAY",
        dates: [],
        daysMet: 31,
        daysRequired: 31,
        disposition: "unreachable",
        dispositionReason: "NO_PHONE"
      }
    ])
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
