import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as ReleaseMonth from "../../src/workflows/ReleaseMonth.ts"
import * as SubmitDue from "../../src/workflows/SubmitDue.ts"
import * as Tick from "../../src/workflows/Tick.ts"
import { date, stage } from "./Desk.ts"
import { always, type Balances } from "./HandBank.ts"
import { monthEndMs, opensMs, qualified } from "./months.ts"
import { instant, month } from "./World.ts"

/** Ann is one agora short on the 14th, a Wednesday. */
const short: Balances = (account, on) =>
  account === "A-ann" && on === "2026-10-14" ? 1_499_999n : 1_500_000n

/** The feed of the 14th has no row of ann. */
const gap: Balances = (account, on) =>
  account === "A-ann" && on === "2026-10-14" ? null : 1_500_000n

/** The feed of the 14th has no row of anybody. */
const silent: Balances = (_, on) => (on === "2026-10-14" ? null : 1_500_000n)

describe("a balance an operator corrects", () => {
  it("before the decision is what is decided on", async () => {
    const { correct, said, world } = await stage(short)
    assert.deepInclude(await correct("A-ann", "2026-10-14", "15000.00"), { _tag: "Corrected" })
    await world.run(qualified())
    assert.strictEqual(await said("ann"), "Qualified 1 held")
  })

  it("before the mark is decided again, and approvals of the old content are void", async () => {
    const desk = await stage(always, { policy: { qualification: { approval: "twoPeople" } } })
    const { correct, redecided, rowOf, said, world } = desk
    await world.run(qualified())
    const hash = (await rowOf())?.contentHash ?? ""
    const approval = { month, hash, nowMs: monthEndMs, required: 2 }
    await world.run(world.store.approve({ ...approval, by: "dana" }))
    await world.run(world.store.approve({ ...approval, by: "noa" }))
    const outcome = await correct("A-ann", "2026-10-14", "14999.99")
    assert.deepStrictEqual(outcome, { _tag: "Corrected", first: false, queued: 1 })
    assert.strictEqual(await redecided(), 1)
    assert.strictEqual(await said("ann"), "NotQualified 2 withdrawn")
    assert.deepInclude(await rowOf(), { status: "decided", approvedBy: [] })
    assert.notStrictEqual((await rowOf())?.contentHash, hash)
    assert.strictEqual(await world.run(ReleaseMonth.releaseMonth(month, monthEndMs)), 0)
    assert.strictEqual(await said("ben"), "Qualified 1 held")
  })

  it("after the mark changes no decision: people get the counterfactual", async () => {
    const { agreedCorrection, redecided, said, world } = await submitted(always)
    await agreedCorrection("A-ann", "2026-10-14", "1.00")
    assert.strictEqual(await redecided(), 1)
    assert.strictEqual(await said("ann"), "Qualified 1 active")
    const open = await world.run(
      world.store.escalations({ openOnly: true, after: null, limit: 10 })
    )
    assert.deepStrictEqual(
      open.map(({ cause, customerId }) => `${cause} ${customerId}`),
      ["CORRECTION_OBSERVED ann"]
    )
    const { events } = await world.run(world.store.outbox({ limit: 100 }))
    const seen = events.find(({ type }) => type === "CorrectionObserved")
    assert.deepInclude(seen?.payload, { decided: "Qualified", counterfactual: "NotQualified" })
  })

  it("after the release waits for a second person, because it could send", async () => {
    const { agreedCorrection, redecided, said } = await submitted(short)
    assert.strictEqual(await said("ann"), "NotQualified 1 no message")
    await agreedCorrection("A-ann", "2026-10-14", "15000.00")
    assert.strictEqual(await redecided(), 1)
    assert.strictEqual(await said("ann"), "Qualified 2 held")
  })

  it("is refused in words where it cannot be", async () => {
    const { correct } = await stage(always)
    assert.deepStrictEqual(await correct("A-ann", "2026-10-14", "15,000.00"), {
      _tag: "MalformedAmount",
      problem: "UnexpectedCharacter"
    })
    const tomorrow = await correct("A-ann", "2026-11-01", "1.00")
    assert.deepStrictEqual(tomorrow, { _tag: "DayNotOver" })
    assert.deepStrictEqual(await correct("A-eve", "2026-10-14", "1.00"), { _tag: "UnknownAccount" })
    const same = await correct("A-ann", "2026-10-14", "20000.00")
    assert.deepStrictEqual(same, { _tag: "Unchanged" })
  })
})

/** Decided, released and submitted. */
const submitted = async (balances: Balances) => {
  const desk = await stage(balances)
  const { confirm, correct, world } = desk
  await world.run(qualified())
  await world.run(ReleaseMonth.releaseMonth(month, monthEndMs))
  await world.run(SubmitDue.submitDue(Effect.succeed(opensMs)))
  const agreedCorrection = async (account: string, on: string, amount: string) => {
    const proposed = await correct(account, on, amount)
    assert.strictEqual(proposed._tag, "NeedsSecondPerson")
    if (proposed._tag !== "NeedsSecondPerson") return
    assert.strictEqual((await confirm(proposed.proposal.proposalId))._tag, "Confirmed")
  }
  return { ...desk, agreedCorrection }
}

describe("a closure an operator declares", () => {
  it("derives the day, and opens the gate for a month that waited for it", async () => {
    const { close, reasonsOf, said, world } = await stage(silent)
    assert.deepStrictEqual(await world.run(qualified()), {
      _tag: "Incomplete",
      missing: [date("2026-10-14")],
      customers: 2,
      customerIds: ["ann", "ben"]
    })
    assert.deepStrictEqual(await close("2026-10-14"), { _tag: "Declared", queued: 0 })
    assert.strictEqual((await world.run(qualified()))._tag, "Decided")
    assert.strictEqual(await said("ann"), "Qualified 1 held")
    assert.deepStrictEqual(await reasonsOf("ann"), ["MET_EVERY_DAY", "DAYS_DERIVED"])
  })

  // Caught: a plan that believes a survey made before the closure was declared.
  it("is seen by the very next tick, which had surveyed the month as incomplete", async () => {
    const { close, world } = await stage(gap)
    const tick = (nowMs: number) => world.run(Tick.tick({ nowMs, roles: ["qualify"] }))
    assert.deepStrictEqual((await tick(monthEndMs)).done, [])
    assert.deepStrictEqual((await tick(monthEndMs)).done, [])
    await close("2026-10-14")
    const { done } = await tick(monthEndMs)
    assert.deepStrictEqual(
      done.map(({ count, work }) => `${work} ${count}`),
      ["qualify 2"]
    )
  })

  it("after the decision decides again whoever had no balance that day", async () => {
    const { close, queued, redecided, said, world } = await stage(silent)
    await world.run(qualified(true))
    assert.strictEqual(await said("ann"), "Undetermined 1 no message")
    assert.deepStrictEqual(await close("2026-10-14"), { _tag: "Declared", queued: 2 })
    assert.strictEqual(await queued(), 2)
    assert.strictEqual(await redecided(), 2)
    assert.strictEqual(await said("ann"), "Qualified 2 held")
  })

  it("after the release waits for a second person, because it could send", async () => {
    const { close, confirm, redecided, said, world } = await stage(silent)
    await world.run(qualified(true))
    await world.run(ReleaseMonth.releaseMonth(month, monthEndMs))
    const outcome = await close("2026-10-14")
    assert.strictEqual(outcome._tag, "NeedsSecondPerson")
    assert.strictEqual(await redecided(), 0)
    if (outcome._tag !== "NeedsSecondPerson") return
    assert.strictEqual((await confirm(outcome.proposal.proposalId))._tag, "Confirmed")
    assert.strictEqual(await redecided(), 2)
    assert.strictEqual(await said("ann"), "Qualified 2 held")
  })

  it("is no day on which anything is sent", async () => {
    const { close, world } = await stage(always)
    await world.run(qualified())
    await world.run(ReleaseMonth.releaseMonth(month, monthEndMs))
    await close("2026-11-01")
    const closed = await world.run(SubmitDue.submitDue(Effect.succeed(opensMs)))
    assert.deepInclude(closed, { claimed: 0, submitted: 0 })
    const monday = instant("2026-11-02T07:00:00Z")
    const open = await world.run(SubmitDue.submitDue(Effect.succeed(monday)))
    assert.deepInclude(open, { submitted: 2 })
  })
})
