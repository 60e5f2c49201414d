import { assert, describe, it } from "vitest"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as Plan from "../../src/schedule/Plan.ts"
import {
  at,
  capturedTo,
  dateOf,
  hour,
  monthOf,
  october,
  planAt,
  rules,
  said,
  zone
} from "./months.ts"

const due = (plan: Plan.Plan): ReadonlyArray<string> => plan.due.map(said)

/** 01:00 in Jerusalem on 1 November 2026: the last date of October is due. */
const lastDueMs = at("2026-10-31T23:00:00Z")
/** Sunday 1st, Monday 2nd, Tuesday 3 November 18:30 in Jerusalem. */
const cutOffMs = at("2026-11-03T16:30:00Z")

describe("when a date is captured", () => {
  it("an hour after its midnight in the bank's zone, summer and winter", () => {
    const { schedule } = rules("2026-10-01")
    const dueAt = (date: string) =>
      new Date(Plan.captureDueMs(dateOf(date), schedule, zone)).toISOString()
    assert.strictEqual(dueAt("2026-10-01"), "2026-10-01T22:00:00.000Z")
    assert.strictEqual(dueAt("2026-11-01"), "2026-11-01T23:00:00.000Z")
  })

  it("not on days the bank is closed, where they are carried forward", () => {
    const dates = Plan.capturedDates(october, rules("2026-09-30"))
    assert.strictEqual(dates.length, 26)
    for (const closed of ["2026-10-03", "2026-10-10", "2026-10-17", "2026-10-24", "2026-10-31"]) {
      assert.isFalse(dates.includes(dateOf(closed)))
    }
  })

  it("on every day where the feed supplies all of them", () => {
    const all = rules("2026-09-30", { capturesClosedDays: true })
    assert.strictEqual(Plan.capturedDates(october, all).length, 31)
  })

  it("never before the program starts", () => {
    const dates = Plan.capturedDates(october, rules("2026-10-29"))
    assert.deepStrictEqual(dates, ["2026-10-29", "2026-10-30"].map(dateOf))
  })

  it("not on a closure declared afterwards", () => {
    const calendar = BankCalendar.israel([
      { date: dateOf("2026-10-27"), kind: "closed", reason: "election" }
    ])
    const dates = Plan.capturedDates(october, rules("2026-09-30", { calendar }))
    assert.isFalse(dates.includes(dateOf("2026-10-27")))
  })
})

describe("captures", () => {
  it("begin on the very first date of the program, the last of its month though it be", () => {
    const plan = planAt(at("2026-10-01T12:00:00Z"), { rules: rules("2026-09-30") })
    assert.deepStrictEqual(due(plan), ["Capture 2026-09-30"])
  })

  it("are due one by one, each from its own instant on", () => {
    const before = planAt(at("2026-10-01T21:59:59Z"), { captures: capturedTo("2026-09-30") })
    assert.deepStrictEqual(due(before), [])
    assert.strictEqual(before.nextWakeMs, at("2026-10-01T22:00:00Z"))
    const after = planAt(at("2026-10-01T22:00:00Z"), { captures: capturedTo("2026-09-30") })
    assert.deepStrictEqual(due(after), ["Capture 2026-10-01"])
  })

  it("are caught up in order after a week down (invariant 37)", () => {
    const plan = planAt(at("2026-10-16T06:00:00Z"), { captures: capturedTo("2026-10-08") })
    assert.deepStrictEqual(due(plan), [
      "Capture 2026-10-09",
      "Capture 2026-10-11",
      "Capture 2026-10-12",
      "Capture 2026-10-13",
      "Capture 2026-10-14",
      "Capture 2026-10-15"
    ])
    assert.deepStrictEqual(plan.late.map(said), due(plan))
  })

  it("come before the decision when the process was down past the cut-off", () => {
    const plan = planAt(cutOffMs + hour, { captures: capturedTo("2026-10-29") })
    assert.deepStrictEqual(due(plan), [
      "Capture 2026-10-30",
      "Qualify 2026-10 cut off",
      "Capture 2026-11-01",
      "Capture 2026-11-02"
    ])
  })

  for (const [night, from, to] of [
    ["clocks go back", "2026-10-24T20:00:00Z", "2026-10-25T21:00:00Z"],
    ["clocks go forward", "2027-03-25T20:00:00Z", "2027-03-26T21:00:00Z"]
  ] as const) {
    it(`happen exactly once in the night in which ${night} (invariant 37)`, () => {
      const given = rules("2026-10-01", { capturesClosedDays: true })
      const captures = capturedTo(from.slice(0, 10), given).slice(0, -1)
      const done: Array<string> = []
      for (let nowMs = at(from); nowMs <= at(to); nowMs += 10 * 60_000) {
        for (const work of planAt(nowMs, { captures, rules: given }).due) {
          if (work._tag !== "Capture") continue
          done.push(work.businessDate)
          captures.push({ businessDate: work.businessDate, finishedMs: nowMs, count: 1 })
        }
      }
      assert.deepStrictEqual(done, [from.slice(0, 10)])
    })
  }
})

describe("backfill", () => {
  const empty = { businessDate: dateOf("2026-10-11"), finishedMs: at("2026-10-11T22:00:00Z") }
  const captures = [
    ...capturedTo("2026-10-11").filter((capture) => capture.businessDate !== empty.businessDate),
    { ...empty, count: 0 }
  ]

  it("asks for an empty date again six hours after it was asked for, not before", () => {
    const early = planAt(at("2026-10-12T03:59:59Z"), { captures })
    assert.deepStrictEqual(due(early), [])
    assert.strictEqual(early.nextWakeMs, at("2026-10-12T04:00:00Z"))
    assert.deepStrictEqual(due(planAt(at("2026-10-12T04:00:00Z"), { captures })), [
      "Capture again 2026-10-11"
    ])
  })

  it("asks for the dates a survey found missing, and for no other", () => {
    const surveys = [
      {
        month: october,
        surveyedMs: lastDueMs,
        missing: [dateOf("2026-10-14"), dateOf("2026-10-15")]
      }
    ]
    const all = capturedTo("2026-10-30")
    const plan = planAt(lastDueMs, { captures: all, surveys })
    assert.deepStrictEqual(due(plan), ["Capture again 2026-10-14", "Capture again 2026-10-15"])
  })

  it("of a month that is never decided ends with its cut-off", () => {
    const given = rules("2026-10-11")
    const all = capturedTo("2026-11-01", given).map((capture) => ({ ...capture, count: 0 }))
    const before = planAt(cutOffMs - 1, { captures: all, rules: given })
    assert.include(due(before), "Capture again 2026-10-11")
    const after = planAt(cutOffMs + 48 * hour, { captures: all, rules: given })
    assert.deepStrictEqual(
      due(after).filter((work) => work.includes("2026-10")),
      []
    )
  })
})

describe("qualification", () => {
  const captures = capturedTo("2026-10-30")

  it("is due with the last capture when nothing is known to be missing", () => {
    const last = "2026-10-30"
    const late = captures.map((capture) =>
      capture.businessDate === last ? { ...capture, finishedMs: lastDueMs + hour } : capture
    )
    assert.deepStrictEqual(due(planAt(lastDueMs + hour - 1, { captures: late })), [])
    const plan = planAt(lastDueMs + hour, { captures: late })
    assert.deepStrictEqual(due(plan), ["Qualify 2026-10"])
  })

  it("is not due before the month is over, though its last business date is captured", () => {
    const plan = planAt(lastDueMs - 1, { captures })
    assert.deepStrictEqual(due(plan), [])
    assert.isAtMost(plan.nextWakeMs, lastDueMs)
  })

  it("waits for a date not yet captured, until the cut-off", () => {
    const some = captures.filter((capture) => capture.businessDate !== "2026-10-20")
    assert.notInclude(due(planAt(cutOffMs - 1, { captures: some })), "Qualify 2026-10")
    assert.include(due(planAt(cutOffMs, { captures: some })), "Qualify 2026-10 cut off")
  })

  it("waits for an empty date, until the cut-off", () => {
    const some = captures.map((capture) =>
      capture.businessDate === "2026-10-20" ? { ...capture, count: 0 } : capture
    )
    const isQualify = (text: string): boolean => text.startsWith("Qualify")
    assert.isFalse(due(planAt(cutOffMs - 1, { captures: some })).some(isQualify))
    assert.isTrue(due(planAt(cutOffMs, { captures: some })).some(isQualify))
  })

  it("is not repeated after an incomplete survey until a later capture has come", () => {
    const missing = [dateOf("2026-10-14")]
    const surveys = [{ month: october, surveyedMs: lastDueMs + hour, missing }]
    const waiting = planAt(lastDueMs + 2 * hour, { captures, surveys })
    assert.notInclude(due(waiting), "Qualify 2026-10")
    const again = captures.map((capture) =>
      capture.businessDate === "2026-10-14"
        ? { ...capture, finishedMs: lastDueMs + 2 * hour }
        : capture
    )
    const plan = planAt(lastDueMs + 2 * hour, { captures: again, surveys })
    assert.deepStrictEqual(due(plan), ["Qualify 2026-10"])
  })

  it("at the cut-off takes what there is, surveyed or not", () => {
    const surveys = [{ month: october, surveyedMs: cutOffMs, missing: [dateOf("2026-10-14")] }]
    const plan = planAt(cutOffMs, { captures, surveys })
    assert.include(due(plan), "Qualify 2026-10 cut off")
  })

  it("never waits because another month was surveyed", () => {
    const missing = [dateOf("2026-10-14")]
    const surveys = [{ month: monthOf("2026-09"), surveyedMs: lastDueMs, missing }]
    const plan = planAt(lastDueMs, { captures, surveys })
    assert.deepStrictEqual(due(plan), ["Qualify 2026-10"])
    const read = planAt(lastDueMs, { evidence: "bank", surveys })
    assert.deepStrictEqual(due(read), ["Qualify 2026-10"])
  })

  it("is due for the program's first month when it began on its first day", () => {
    const given = rules("2026-10-01")
    const plan = planAt(lastDueMs, { captures: capturedTo("2026-10-30", given), rules: given })
    assert.deepStrictEqual(due(plan), ["Qualify 2026-10"])
    const read = planAt(lastDueMs, { evidence: "bank", rules: given })
    assert.deepStrictEqual(due(read), ["Qualify 2026-10"])
  })

  it("is never due for the program's first month when it began within it", () => {
    const given = rules("2026-10-02")
    const plan = planAt(cutOffMs + hour, {
      captures: capturedTo("2026-10-30", given),
      rules: given
    })
    assert.notInclude(due(plan).join(), "Qualify")
  })

  it("goes by the policy pinned for the month, not by the one of the next", () => {
    const later = rules("2026-11-01", { capturesClosedDays: true })
    const pinned = rules("2026-09-30")
    const rulesOf = (month: string) => (month >= "2026-11" ? later : pinned)
    const plan = planAt(lastDueMs, { captures, rulesOf })
    assert.deepStrictEqual(due(plan), ["Qualify 2026-10"])
  })
})

describe("a decided month", () => {
  const decided: Plan.PlannedMonth = {
    month: october,
    status: "decided",
    decidedMs: lastDueMs,
    approved: false,
    held: false,
    reports: []
  }
  const captures = capturedTo("2026-11-01")
  const nowMs = lastDueMs + 30 * hour
  const plan = (over: Partial<Plan.PlannedMonth>): Plan.Plan =>
    planAt(nowMs, { captures, months: [{ ...decided, ...over }] })

  it("needs its provisional report first, and nothing more before it is approved", () => {
    assert.deepStrictEqual(due(plan({})), ["Provisional 2026-10"])
    assert.deepStrictEqual(due(plan({ reports: ["provisional"] })), [])
  })

  it("is released once it is approved", () => {
    assert.deepStrictEqual(due(plan({ approved: true, reports: ["provisional"] })), [
      "Release 2026-10"
    ])
    assert.deepStrictEqual(due(plan({ approved: true })), [
      "Provisional 2026-10",
      "Release 2026-10"
    ])
  })

  it("says late when its provisional report is", () => {
    assert.deepStrictEqual(plan({}).late.map(said), ["Provisional 2026-10"])
    assert.deepStrictEqual(plan({ decidedMs: nowMs - hour }).late, [])
    assert.deepStrictEqual(plan({ decidedMs: null }).late, [])
  })

  for (const status of ["released", "closed"] as const) {
    it(`asks for nothing when it is ${status}`, () => {
      assert.deepStrictEqual(due(plan({ status, approved: true })), [])
    })
  }

  it("is released once more when a correction has made a message after the release", () => {
    const held = { approved: true, held: true } as const
    assert.deepStrictEqual(due(plan({ ...held, status: "released" })), ["Release 2026-10"])
    assert.deepStrictEqual(due(plan({ ...held, status: "released", approved: false })), [])
    assert.deepStrictEqual(due(plan({ ...held, status: "closed" })), [])
  })

  it("is planned as an open one while its decisions are not finished", () => {
    assert.deepStrictEqual(due(plan({ status: "complete" })), ["Qualify 2026-10"])
    assert.deepStrictEqual(due(plan({ status: "open" })), ["Qualify 2026-10"])
  })
})

describe("a month read from the bank's own table", () => {
  const read = (nowMs: number, surveyedMs?: number) =>
    planAt(nowMs, {
      evidence: "bank",
      surveys:
        surveyedMs === undefined
          ? []
          : [{ month: october, surveyedMs, missing: [dateOf("2026-10-14")] }]
    })
  const { backfillEveryMs } = rules("2026-09-30").schedule

  it("is looked at when its last date's balances should be there, and not before", () => {
    assert.deepStrictEqual(due(read(lastDueMs - 1)), [])
    assert.strictEqual(read(lastDueMs - 1).nextWakeMs, lastDueMs)
    assert.deepStrictEqual(due(read(lastDueMs)), ["Qualify 2026-10"])
  })

  // Caught: the survey forgotten, so that everybody is read again by every tick.
  it("is looked at again after a while where a day was missing", () => {
    const nextMs = lastDueMs + backfillEveryMs
    assert.deepStrictEqual(due(read(nextMs - 1, lastDueMs)), [])
    assert.deepStrictEqual(due(read(nextMs, lastDueMs)), ["Qualify 2026-10"])
  })

  it("is decided at its cut-off whatever is missing, however fresh the survey", () => {
    assert.deepStrictEqual(due(read(cutOffMs - 1, cutOffMs - 1)), [])
    assert.deepStrictEqual(due(read(cutOffMs, cutOffMs - 1)), ["Qualify 2026-10 cut off"])
  })

  it("is never decided where the program began within it", () => {
    const began = rules("2026-10-12")
    const plan = planAt(cutOffMs, { evidence: "bank", rules: began })
    assert.deepStrictEqual(due(plan), [])
  })
})

describe("the months of a program", () => {
  it("begin with the first that was captured, whatever start a later policy names", () => {
    const first = rules("2026-09-30")
    const later = rules("2026-11-01")
    const plan = planAt(at("2026-11-10T12:00:00Z"), {
      rulesOf: (month) => (month >= monthOf("2026-11") ? later : first),
      captures: capturedTo("2026-10-29")
    })
    assert.deepStrictEqual(due(plan).slice(0, 2), ["Capture 2026-10-30", "Qualify 2026-10 cut off"])
  })

  it("are none before it starts", () => {
    const plan = planAt(at("2026-09-01T12:00:00Z"))
    assert.deepStrictEqual(due(plan), [])
    assert.strictEqual(plan.nextWakeMs, at("2026-09-30T21:00:00Z"))
  })
})

describe("work that is late", () => {
  it("is so by the policy pinned for its own month", () => {
    const strict = rules("2026-09-30")
    const patient = { ...strict.schedule, lateAfterMs: 1_000 * hour }
    const rulesOf = (month: string) =>
      month === "2026-10" ? strict : { ...strict, schedule: patient }
    const captures = capturedTo("2026-10-29")
    const plan = planAt(at("2026-11-05T12:00:00Z"), { captures, rulesOf })
    assert.deepStrictEqual(plan.late.map(said), ["Capture 2026-10-30", "Qualify 2026-10 cut off"])
    assert.include(due(plan), "Capture 2026-11-03")
  })

  it("is due for longer than the policy allows, and only then", () => {
    const captures = capturedTo("2026-10-14")
    const dueMs = at("2026-10-15T22:00:00Z")
    assert.deepStrictEqual(planAt(dueMs + 2 * hour, { captures }).late, [])
    const plan = planAt(dueMs + 2 * hour + 1, { captures })
    assert.deepStrictEqual(plan.late.map(said), ["Capture 2026-10-15"])
  })
})
