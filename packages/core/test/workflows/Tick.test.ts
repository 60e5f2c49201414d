import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { EventPublisherError } from "../../src/ports/EventPublisher.ts"
import { ProgramStoreError } from "../../src/ports/ProgramStore.ts"
import { SecretsError } from "../../src/ports/Secrets.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CaptureDay from "../../src/workflows/CaptureDay.ts"
import * as Tick from "../../src/workflows/Tick.ts"
import { always, type Balances, type HandBank, makeHandBank } from "./HandBank.ts"
import { captured, datesOf, monthEndMs, opensMs, released } from "./months.ts"
import {
  day,
  hour,
  instant,
  makeWorld,
  minute,
  month,
  type World,
  type WorldOptions
} from "./World.ts"

const three = [{ id: "ann" }, { id: "ben" }, { id: "eve" }]

const worldOf = (over: WorldOptions = {}, hand: HandBank = makeHandBank(three, always)): World =>
  makeWorld({ balances: hand.balances, customers: hand.customers, ...over })

const tick = (world: World, nowMs: number, input: Tick.TickInput = {}) =>
  Effect.runPromise(
    Effect.promise(async () => {
      await world.tell(nowMs)
      return world.run(Tick.tick({ nowMs, ...input }))
    })
  )

const works = ({ done }: Tick.TickResult): ReadonlyArray<string> =>
  done.map(({ count, subject, work }) => `${work} ${subject} ${count}`.replace("  ", " "))

/** Everything of October has been captured but its last date. */
const untilLast = async (world: World): Promise<void> => {
  await world.run(captured(world, datesOf(world).slice(0, -1)))
}

describe("one tick", () => {
  it("takes a month from its last capture to its release, stage by stage", async () => {
    const world = worldOf()
    await untilLast(world)
    const result = await tick(world, monthEndMs)
    assert.deepStrictEqual(works(result), [
      "capture 2026-10-30 3",
      "qualify 2026-10 3",
      "report 2026-10 provisional 1",
      "release 2026-10 3",
      `relay ${world.published.length}`
    ])
    // The window opens at nine; nothing falls due before.
    assert.strictEqual(result.nextWakeAtMs, opensMs)
    assert.isFalse(result.recheck)
    assert.isFalse(result.more)
  })

  it("stops before the release of a month two people have to approve", async () => {
    const world = worldOf({ policy: { qualification: { approval: "twoPeople" } } })
    await untilLast(world)
    const result = await tick(world, monthEndMs)
    assert.notInclude(works(result).join(), "release")
    assert.isFalse(result.recheck)
    const { months } = await world.run(world.store.ledger({ nowMs: monthEndMs }))
    const hash = months.find((row) => row.month === month)?.contentHash ?? ""
    for (const by of ["dana", "uri"]) {
      await world.run(world.store.approve({ month, hash, by, nowMs: monthEndMs, required: 2 }))
    }
    assert.include(works(await tick(world, monthEndMs + minute)), "release 2026-10 3")
  })

  it("releases by the policy pinned for the month, whatever the next month's says", async () => {
    const later = { "2026-11": { qualification: { approval: "twoPeople" } } }
    const world = worldOf({ later })
    await untilLast(world)
    assert.include(works(await tick(world, monthEndMs)), "release 2026-10 3")
  })

  it("captures by the policy pinned for the month, whatever the next month's says", async () => {
    const world = worldOf({ later: { "2026-11": { balance: { carryForward: "none" } } } })
    await untilLast(world)
    assert.deepStrictEqual(works(await tick(world, monthEndMs)).slice(0, 2), [
      "capture 2026-10-30 3",
      "qualify 2026-10 3"
    ])
  })

  it("does nothing twice when nothing has changed", async () => {
    const world = worldOf()
    await untilLast(world)
    await tick(world, monthEndMs)
    assert.deepStrictEqual((await tick(world, monthEndMs)).done, [])
  })

  // Caught: stages that ask the store what the ledger has said already.
  it("asks the store nothing but the ledger while nothing is due", async () => {
    const asked: Array<string> = []
    const counting = <A>(name: string, call: A): A => {
      asked.push(name)
      return call
    }
    const world = worldOf({
      store: (verbs) => ({
        sweepLeases: (input) => counting("sweepLeases", verbs.sweepLeases(input)),
        claimUnresolved: (input) => counting("claimUnresolved", verbs.claimUnresolved(input)),
        foldReceipts: (input) => counting("foldReceipts", verbs.foldReceipts(input)),
        claimPolls: (input) => counting("claimPolls", verbs.claimPolls(input)),
        applyTimers: (input) => counting("applyTimers", verbs.applyTimers(input)),
        outbox: (input) => counting("outbox", verbs.outbox(input)),
        unnotifiedEscalations: (input) => counting("notices", verbs.unnotifiedEscalations(input))
      })
    })
    await untilLast(world)
    await tick(world, monthEndMs)
    asked.length = 0
    await tick(world, monthEndMs + minute)
    assert.deepStrictEqual(asked, [])
    await tick(world, opensMs)
    await tick(world, opensMs + 2 * hour)
    assert.includeMembers(asked, ["foldReceipts", "claimPolls", "applyTimers", "outbox"])
  })

  it("does only what its roles are for", async () => {
    const world = worldOf()
    await untilLast(world)
    assert.deepStrictEqual(works(await tick(world, monthEndMs, { roles: ["qualify"] })), [])
    assert.deepStrictEqual(works(await tick(world, monthEndMs, { roles: ["capture"] })), [
      "capture 2026-10-30 3"
    ])
    const qualified = await tick(world, monthEndMs, { roles: ["qualify"] })
    assert.deepStrictEqual(works(qualified), ["qualify 2026-10 3"])
    assert.deepStrictEqual(world.published, [])
  })

  it("lives in the process clock when no business time is told", async () => {
    const world = worldOf({ startMs: instant("2026-10-01T23:00:00Z") })
    const result = await world.run(Tick.tick({}))
    assert.deepStrictEqual(works(result).slice(0, 2), [
      "capture 2026-09-30 3",
      "capture 2026-10-01 3"
    ])
    assert.isAbove(result.nextWakeAtMs, world.nowMs())
  })
})

describe("a bank that is down", () => {
  it("stops captures, and no other stage", async () => {
    const hand = makeHandBank(three, always)
    const world = worldOf({}, hand)
    await world.run(released(world))
    hand.faults.balances = "Unavailable"
    const result = await tick(world, opensMs + 25 * hour)
    assert.include(works(result), "submit 3")
    // What could not be captured is due still: not at midnight, but in a moment.
    assert.isTrue(result.recheck)
    assert.deepStrictEqual(result.late, [{ work: "Capture", subject: "2026-11-01" }])
  })

  it("is asked once per date and tick", async () => {
    const hand = makeHandBank(three, always)
    const world = worldOf({}, hand)
    hand.faults.balances = "Malformed"
    await tick(world, instant("2026-10-05T06:00:00Z"))
    // 30 September, 1, 2 and 4 October.
    assert.strictEqual(hand.asked.balances, 4)
  })

  it("stops the decision, and no other stage", async () => {
    const hand = makeHandBank(three, always)
    const world = worldOf({}, hand)
    await untilLast(world)
    hand.faults.customers = "Unavailable"
    const result = await tick(world, monthEndMs)
    assert.deepStrictEqual(works(result).slice(0, 1), ["capture 2026-10-30 3"])
    assert.include(works(result).join(), "relay")
    assert.isTrue(result.recheck)
    hand.faults.customers = undefined
    assert.include(works(await tick(world, monthEndMs + hour)), "qualify 2026-10 3")
  })

  it("or a history that is down stops the decision, which is tried again", async () => {
    let down = true
    const world = worldOf({
      store: (verbs) => ({
        monthEvidence: (input) =>
          down
            ? Effect.fail(new ProgramStoreError({ reason: "Timeout", detail: "by hand" }))
            : verbs.monthEvidence(input)
      })
    })
    await untilLast(world)
    assert.notInclude(works(await tick(world, monthEndMs)).join(), "qualify")
    down = false
    assert.include(works(await tick(world, monthEndMs)), "qualify 2026-10 3")
  })

  it("at the cut-off leaves customers undetermined", async () => {
    const hand = makeHandBank(three, always)
    const world = worldOf({}, hand)
    await untilLast(world)
    hand.faults.balances = "Unavailable"
    await tick(world, instant("2026-11-03T16:30:00Z"))
    const figures = await world.run(world.store.monthFigures({ month }))
    assert.strictEqual(figures.undetermined, 3)
  })
})

describe("a date another worker is capturing at the cut-off", () => {
  it("is waited for: its customers do not end undetermined", async () => {
    const world = worldOf()
    await untilLast(world)
    const claim = { kind: "capture", key: "2026-10-30", again: false } as const
    const cutOffMs = instant("2026-11-03T16:30:00Z")
    await world.run(
      world.store.claimRun({ ...claim, leaseMs: 120_000, nowMs: cutOffMs, correlationId: "other" })
    )
    const result = await tick(world, cutOffMs)
    assert.notInclude(works(result).join(), "qualify")
    assert.isTrue(result.recheck)
    // The other worker has died: this one goes on.
    world.pass(120_000)
    assert.include(works(await tick(world, cutOffMs)), "qualify 2026-10 3")
    const figures = await world.run(world.store.monthFigures({ month }))
    assert.strictEqual(figures.qualified, 3)
  })
})

describe("missing keys", () => {
  it("stop the decision, and no other stage", async () => {
    const world = worldOf({
      secrets: {
        clientReferenceKey: () => Effect.fail(new SecretsError({ reason: "Missing", detail: "k" }))
      }
    })
    await untilLast(world)
    const result = await tick(world, monthEndMs)
    assert.include(works(result).join(), "relay")
    assert.notInclude(works(result).join(), "qualify")
    assert.isTrue(result.recheck)
  })
})

describe("a broker that is down", () => {
  it("leaves its events for a moment later, not for midnight", async () => {
    let down = true
    const world = worldOf({
      publish: () =>
        down
          ? Effect.fail(new EventPublisherError({ reason: "Timeout", detail: "by hand" }))
          : Effect.void
    })
    await untilLast(world)
    assert.isTrue((await tick(world, monthEndMs)).recheck)
    down = false
    assert.isFalse((await tick(world, monthEndMs)).recheck)
  })
})

describe("a feed with a hole", () => {
  const hole: Balances = (_, date) => (date === "2026-10-14" ? null : 2_000_000n)

  it("is asked again every six hours until it is mended, then the month is decided", async () => {
    const hand = makeHandBank(three, (id, date) => (id === "A-ben" ? hole(id, date) : 2_000_000n))
    const world = worldOf({}, hand)
    await world.run(captured(world))
    const first = await tick(world, monthEndMs)
    assert.notInclude(works(first).join(), "qualify")
    assert.isFalse(first.recheck)
    assert.strictEqual(first.nextWakeAtMs, monthEndMs + 6 * hour)
    await tick(world, monthEndMs + 6 * hour)
    hand.bank.balanceOf = always
    assert.notInclude(works(await tick(world, monthEndMs + 11 * hour)).join(), "qualify")
    assert.include(works(await tick(world, monthEndMs + 12 * hour)), "qualify 2026-10 3")
  })

  it("for everybody holds the month open until the cut-off", async () => {
    const world = worldOf({}, makeHandBank(three, hole))
    await world.run(captured(world))
    assert.notInclude(works(await tick(world, monthEndMs + day)).join(), "qualify")
    const cutOff = await tick(world, instant("2026-11-03T16:30:00Z"))
    assert.include(works(cutOff), "qualify 2026-10 3")
  })
})

describe("a budget", () => {
  it("that ends stops before the next piece of work, and says that there is more", async () => {
    const hand = makeHandBank(three, always)
    const world = worldOf(
      {
        balances: {
          page: (date, cursor) =>
            Effect.andThen(Effect.sleep(10_000), hand.balances.page(date, cursor))
        }
      },
      hand
    )
    const nowMs = instant("2026-10-08T12:00:00Z")
    const dates: Array<string> = []
    let ticks = 0
    for (;;) {
      ticks++
      const result = await tick(world, nowMs, { budgetMs: 25_000 })
      dates.push(
        ...result.done.flatMap(({ subject, work }) => (work === "capture" ? [subject] : []))
      )
      if (!result.more) break
      assert.isAtMost(result.done.length, 3)
    }
    assert.deepStrictEqual(dates, [
      "2026-09-30",
      "2026-10-01",
      "2026-10-02",
      "2026-10-04",
      "2026-10-05",
      "2026-10-06",
      "2026-10-07"
    ])
    assert.isAtLeast(ticks, 3)
  })

  it("that is over between two stages says so as well", async () => {
    const world = worldOf({
      sms: (inner) => ({
        submit: (batch) => Effect.andThen(Effect.sleep(20_000), inner.submit(batch))
      })
    })
    await world.run(released(world))
    const first = await tick(world, opensMs, { budgetMs: 10_000 })
    assert.deepStrictEqual(works(first), ["submit 3"])
    assert.isTrue(first.more)
    assert.isFalse((await tick(world, opensMs, { budgetMs: 10_000 })).more)
  })
})

describe("two ticks at once", () => {
  it("do everything once (invariant 38)", async () => {
    const world = worldOf({
      balances: {
        page: (date, cursor) =>
          Effect.andThen(
            Effect.sleep(1000),
            makeHandBank(three, always).balances.page(date, cursor)
          )
      },
      sms: (inner) => ({
        submit: (batch) => Effect.andThen(Effect.sleep(1000), inner.submit(batch))
      })
    })
    await untilLast(world)
    for (const nowMs of [monthEndMs, monthEndMs + minute, opensMs, opensMs + 2 * hour]) {
      await world.tell(nowMs)
      for (let turn = 0; turn < 3; turn++) {
        await world.run(
          Effect.all([Tick.tick({ nowMs }), Tick.tick({ nowMs })], { concurrency: 2 })
        )
        world.pass(121_000)
      }
    }
    const audit = await world.carrierAudit()
    assert.strictEqual(audit.accepted, 3)
    assert.strictEqual(audit.duplicates, 0)
    const types = world.published.map((event) => event.type)
    for (const once of ["QualificationCalculated"]) {
      assert.strictEqual(types.filter((type) => type === once).length, 1, once)
    }
    const ids = new Set(world.published.map((event) => event.id))
    const confirmed = [...world.published].filter((event) => event.type === "DeliveryConfirmed")
    assert.strictEqual(new Set(confirmed.map((event) => event.id)).size, 3)
    assert.isAtLeast(ids.size, 3 + 3 + 1)
    const report = await world.run(world.store.report({ month, version: "final" }))
    assert.isNotNull(report)
  })
})

describe("a claim whose worker has died", () => {
  it("is waited for by those who tick meanwhile, and found once its lease is over", async () => {
    let dies = true
    const world = worldOf({
      store: (verbs) => ({
        mark: (input) => (dies ? Effect.die("killed") : verbs.mark(input))
      })
    })
    await world.run(released(world))
    await world.tell(opensMs)
    await world.run(Effect.exit(Tick.tick({ nowMs: opensMs })))
    dies = false
    const { delivery } = await world.run(world.store.ledger({ nowMs: opensMs }))
    assert.strictEqual(delivery.unresolved, 3)
    // Caught: claims left out of what is unresolved; the host sleeps till midnight.
    assert.isTrue((await tick(world, opensMs)).recheck)
    world.pass(121_000)
    const result = await tick(world, opensMs + minute)
    assert.deepStrictEqual(works(result).slice(0, 2), ["reconcile 3", "submit 3"])
  })
})

describe("the recheck", () => {
  const unknown = {
    carrier: { script: [{ on: "submit", kind: "reset-after-accept", times: 1 }] }
  } as const

  it("is asked for while an attempt is in doubt, and not once it is settled", async () => {
    const world = worldOf(unknown)
    await world.run(released(world))
    assert.isTrue((await tick(world, opensMs)).recheck)
    world.pass(10 * minute)
    const settled = await tick(world, opensMs)
    assert.deepStrictEqual(works(settled).slice(0, 1), ["reconcile 3"])
    assert.isFalse((await tick(world, opensMs)).recheck)
  })

  it("is not asked for by messages that wait for the window", async () => {
    const world = worldOf()
    await world.run(released(world))
    const result = await tick(world, opensMs - hour, { roles: ["notify", "track"] })
    assert.isFalse(result.recheck)
  })

  it("is not asked for by a program that is paused", async () => {
    const world = worldOf()
    await world.run(released(world))
    await world.run(world.store.setPause({ state: "paused", by: "uri", nowMs: opensMs }))
    const result = await tick(world, opensMs)
    assert.notInclude(works(result).join(), "submit")
    assert.isFalse(result.recheck)
  })
})

describe("a month that does not add up", () => {
  it("gets no final report, tick after tick, and stays released", async () => {
    const world = worldOf({
      store: (verbs) => ({
        monthFigures: (input) =>
          Effect.map(verbs.monthFigures(input), (figures) => ({ ...figures, population: 9 }))
      })
    })
    await world.run(released(world))
    await tick(world, opensMs)
    await tick(world, opensMs + 2 * hour)
    assert.isNull(await world.run(world.store.report({ month, version: "final" })))
    const { months } = await world.run(world.store.ledger({ nowMs: opensMs }))
    assert.strictEqual(months.find((row) => row.month === month)?.status, "released")
  })
})

describe("a correction after the decision", () => {
  const businessDate = BusinessDate.unchecked("2026-10-14")
  const corrected = async (hand: HandBank, world: World): Promise<void> => {
    await world.run(captured(world))
    await tick(world, monthEndMs)
    hand.bank.balanceOf = (id, date) => (id === "A-ben" && date === businessDate ? 0n : 2_000_000n)
    await world.run(CaptureDay.captureDay({ businessDate, again: true, nowMs: monthEndMs }))
  }

  it("is decided again by the next tick, before anything is submitted", async () => {
    const hand = makeHandBank(three, always)
    const world = worldOf({}, hand)
    await corrected(hand, world)
    const result = await tick(world, opensMs)
    assert.deepStrictEqual(works(result).slice(0, 2), ["redecide 1", "submit 2"])
  })

  for (const [who, breaks] of [
    ["the bank", (hand: HandBank) => (hand.faults.customers = "Unauthorized")],
    ["its contact data", (hand: HandBank) => (hand.faults.contact = "Unauthorized")]
  ] as const) {
    it(`waits while ${who} does not answer`, async () => {
      const hand = makeHandBank([...three, { id: "zoe", phone: null }], always)
      const world = worldOf({}, hand)
      await corrected(hand, world)
      breaks(hand)
      hand.bank.balanceOf = always
      await world.run(CaptureDay.captureDay({ businessDate, again: true, nowMs: monthEndMs }))
      const result = await tick(world, monthEndMs + hour)
      assert.notInclude(works(result).join(), "redecide")
      const { redecisions } = await world.run(world.store.ledger({ nowMs: monthEndMs }))
      assert.strictEqual(redecisions, 1)
    })
  }
})
