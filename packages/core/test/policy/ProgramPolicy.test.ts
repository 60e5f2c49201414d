import { assert, describe, it } from "vitest"
import * as BalancePolicy from "../../src/balance/BalancePolicy.ts"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as RetryPolicy from "../../src/delivery/RetryPolicy.ts"
import * as SendWindow from "../../src/delivery/SendWindow.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import * as ProgramPolicy from "../../src/policy/ProgramPolicy.ts"
import * as QualificationPolicy from "../../src/qualification/QualificationPolicy.ts"
import * as RecipientPolicy from "../../src/recipient/RecipientPolicy.ts"
import * as SchedulePolicy from "../../src/schedule/SchedulePolicy.ts"

const date = BusinessDate.unchecked

const policy: ProgramPolicy.ProgramPolicy = {
  calendar: { zone: "Asia/Jerusalem", rules: "israel", overrides: [] },
  balance: BalancePolicy.defaultBalancePolicy,
  qualification: QualificationPolicy.defaultQualificationPolicy,
  recipient: RecipientPolicy.DEFAULTS,
  message: { ...MessagePolicy.DEFAULTS, messageClass: "service", bankName: "Sandbox" },
  sendWindow: SendWindow.defaults,
  delivery: RetryPolicy.defaults,
  schedule: { ...SchedulePolicy.defaultSchedulePolicy, startsOn: date("2026-10-01") },
  events: { balanceVerified: true }
}

const weekdays = (weekend: ReadonlyArray<number>): ProgramPolicy.CalendarPolicy["rules"] => ({
  weekend,
  holidays: [{ date: date("2026-12-25"), name: "Christmas" }]
})

const problemsOf = (over: Partial<ProgramPolicy.ProgramPolicy>): ReadonlyArray<string> => {
  const checked = ProgramPolicy.check({ ...policy, ...over })
  return checked._tag === "RefusedPolicy"
    ? checked.problems.map(({ message, path }) => `${path}: ${message}`)
    : []
}

describe("a policy's parts", () => {
  it("fit each other by default, and give a calendar and messages to work with", () => {
    const checked = ProgramPolicy.check(policy)
    if (checked._tag === "RefusedPolicy") return assert.fail(JSON.stringify(checked.problems))
    assert.strictEqual(checked.calendar.name, "israel")
    assert.strictEqual(checked.messages._tag, "MessageSet")
    assert.strictEqual(checked.policy, policy)
  })

  const cases: ReadonlyArray<
    readonly [name: string, over: Partial<ProgramPolicy.ProgramPolicy>, problem: string]
  > = [
    [
      "a zone nobody knows",
      { calendar: { ...policy.calendar, zone: "Mars/Olympus" } },
      "calendar.zone: no such time zone"
    ],
    [
      "a weekend of seven days",
      { calendar: { ...policy.calendar, rules: weekdays([0, 1, 2, 3, 4, 5, 6]) } },
      "calendar.rules.weekend: the bank is never open"
    ],
    [
      "an advertisement from a sender that receives no replies",
      { message: { ...policy.message, messageClass: "advertisement" } },
      "message: SenderCannotReceiveReplies {}"
    ],
    [
      "a window that ends before it begins",
      { sendWindow: { ...SendWindow.defaults, short: { fromMinute: 600, toMinute: 600 } } },
      "sendWindow.short: EMPTY"
    ],
    [
      "a window that never opens",
      { sendWindow: { ordinary: null, short: null, closed: null, mourning: null } },
      "sendWindow: NEVER_OPEN"
    ],
    [
      "a lease in which no request could start",
      { delivery: { ...RetryPolicy.defaults, leaseMs: 40_000 } },
      "delivery: LEASE_TOO_SHORT"
    ],
    [
      "a start on the first of a month on which the bank is closed",
      { schedule: { ...policy.schedule, startsOn: date("2026-08-01") } },
      "schedule.startsOn: the bank is closed on that day: start on 2026-07-31, whose balance " +
        "is carried into it"
    ]
  ]
  for (const [name, over, problem] of cases) {
    it(`are refused for ${name}`, () => {
      assert.include(problemsOf(over), problem)
    })
  }

  it("may be of a bank with any weekend shorter than the week, or with none", () => {
    for (const weekend of [[], [0, 6], [5, 6], [0, 1, 2, 3, 4, 5]]) {
      const calendar = { ...policy.calendar, rules: weekdays(weekend) }
      const problems = problemsOf({ calendar }).filter((problem) => problem.startsWith("calendar"))
      assert.deepStrictEqual(problems, [], String(weekend))
    }
  })

  it("may start on a closed day within a month, or where the feed supplies closed days", () => {
    const inside = { ...policy.schedule, startsOn: date("2026-08-08") }
    assert.deepStrictEqual(problemsOf({ schedule: inside }), [])
    const balance = { ...policy.balance, carryForward: "none" } as const
    const first = { ...policy.schedule, startsOn: date("2026-08-01") }
    assert.deepStrictEqual(problemsOf({ schedule: first, balance }), [])
  })

  it("tell every problem at once, in the order of the fields", () => {
    const problems = problemsOf({
      calendar: { zone: "x", rules: weekdays([0, 1, 2, 3, 4, 5, 6]), overrides: [] },
      message: { ...policy.message, bankName: "" },
      sendWindow: { ordinary: null, short: null, closed: null, mourning: null },
      delivery: { ...RetryPolicy.defaults, maxRows: 1 }
    })
    assert.deepStrictEqual(
      problems.map((problem) => problem.split(":")[0]),
      ["calendar.zone", "calendar.rules.weekend", "message", "sendWindow", "delivery"]
    )
  })
})

describe("the calendar of a policy", () => {
  it("closes on its weekend, its holidays and its overrides", () => {
    const calendar = ProgramPolicy.calendarOf({
      zone: "Europe/Berlin",
      rules: weekdays([0, 6]),
      overrides: [{ date: date("2026-12-28"), kind: "closed", reason: "system move" }]
    })
    const open = (text: string): boolean => BankCalendar.isBusinessDay(calendar, date(text))
    assert.isTrue(open("2026-12-24"))
    assert.isFalse(open("2026-12-25"))
    assert.isFalse(open("2026-12-26"))
    assert.isFalse(open("2026-12-28"))
  })

  it("is Israel's by name, with its overrides", () => {
    const calendar = ProgramPolicy.calendarOf({
      ...policy.calendar,
      overrides: [{ date: date("2026-10-27"), kind: "closed", reason: "election" }]
    })
    assert.isFalse(BankCalendar.isBusinessDay(calendar, date("2026-10-27")))
    assert.isFalse(BankCalendar.isBusinessDay(calendar, date("2026-10-31")))
    assert.isTrue(BankCalendar.isBusinessDay(calendar, date("2026-10-30")))
  })
})

describe("the policy pinned for a month", () => {
  const month = (text: string): CalendarMonth.CalendarMonth => CalendarMonth.of(date(`${text}-01`))
  const checked = ProgramPolicy.check(policy)
  if (checked._tag === "RefusedPolicy") throw new Error("the default policy is refused")
  const from = (text: string, hash: string): ProgramPolicy.PinnedPolicy => ({
    ...checked,
    effectiveFrom: month(text),
    hash,
    text: ""
  })
  const january = from("2026-01", "january")
  const june = from("2026-06", "june")
  const juneAgain = from("2026-06", "june, replaced")

  for (const policies of [
    [january, june],
    [june, january]
  ] as const) {
    const order = policies.map(({ hash }) => hash).join(", ")
    for (const [asked, expected] of [
      ["2025-12", "january"],
      ["2026-01", "january"],
      ["2026-05", "january"],
      ["2026-06", "june"],
      ["2031-01", "june"]
    ] as const) {
      it(`${asked} of ${order}: ${expected}`, () => {
        assert.strictEqual(ProgramPolicy.pinnedFor(policies, month(asked)).hash, expected)
      })
    }
  }

  it("is the later in the list of two from the same month", () => {
    const policies = [january, june, juneAgain] as const
    assert.strictEqual(ProgramPolicy.pinnedFor(policies, month("2026-07")), juneAgain)
    const before = ProgramPolicy.pinnedFor([june, juneAgain], month("2026-05"))
    assert.strictEqual(before, juneAgain)
  })
})
