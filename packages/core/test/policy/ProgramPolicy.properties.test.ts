import { assert, describe, it } from "vitest"
import fc from "fast-check"
import * as BalancePolicy from "../../src/balance/BalancePolicy.ts"
import * as BankCalendar from "../../src/calendar/BankCalendar.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as RetryPolicy from "../../src/delivery/RetryPolicy.ts"
import * as SendWindow from "../../src/delivery/SendWindow.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import * as ProgramPolicy from "../../src/policy/ProgramPolicy.ts"
import { defaultQualificationPolicy } from "../../src/qualification/QualificationPolicy.ts"
import * as RecipientPolicy from "../../src/recipient/RecipientPolicy.ts"
import { defaultSchedulePolicy } from "../../src/schedule/SchedulePolicy.ts"

const date = BusinessDate.unchecked

const sound: ProgramPolicy.ProgramPolicy = {
  calendar: { zone: "Asia/Jerusalem", rules: "israel", overrides: [] },
  balance: BalancePolicy.defaultBalancePolicy,
  qualification: defaultQualificationPolicy,
  recipient: RecipientPolicy.DEFAULTS,
  message: { ...MessagePolicy.DEFAULTS, messageClass: "service", bankName: "Sandbox" },
  sendWindow: SendWindow.defaults,
  delivery: RetryPolicy.defaults,
  schedule: { ...defaultSchedulePolicy, startsOn: date("2026-10-01") },
  events: { balanceVerified: true }
}

/** **Source** — product rules, Rules (first paragraph): effective-dated, pinned for a month. */
describe("ProgramPolicy.pinnedFor", () => {
  describe("for every list of policies and every month", () => {
    // Caught: the first in the list instead of the latest in force; `>=` for `>` at the month
    // itself; the latest instead of the earliest before all of them; the earlier of two that are
    // from the same month.
    it("always is the latest in force, the later in the list of two, else the earliest", () => {
      fc.assert(
        fc.property(policies, month, (policies, asked) => {
          const pinned = ProgramPolicy.pinnedFor(policies, asked)
          const inForce = policies.filter((policy) => policy.effectiveFrom <= asked)
          const months = (inForce.length > 0 ? inForce : policies).map(({ effectiveFrom }) =>
            monthIndex(effectiveFrom)
          )
          const wanted = inForce.length > 0 ? Math.max(...months) : Math.min(...months)
          const last = policies.findLast((policy) => monthIndex(policy.effectiveFrom) === wanted)
          assert.strictEqual(pinned, last)
        }),
        { numRuns: 1_000 }
      )
    })

    // Caught: a policy that takes effect at once for months before it.
    it("never changes for a month because of a policy in force from a later one", () => {
      fc.assert(
        fc.property(policies, policies, month, (policies, [later], asked) => {
          const before = ProgramPolicy.pinnedFor(policies, asked)
          fc.pre(before.effectiveFrom <= asked && later.effectiveFrom > asked)
          assert.strictEqual(ProgramPolicy.pinnedFor([...policies, later], asked), before)
          assert.strictEqual(ProgramPolicy.pinnedFor([later, ...policies], asked), before)
        })
      )
    })
  })
})

/** **Source** — product rules, Days and Send window; original architecture §7. */
describe("ProgramPolicy.check", () => {
  describe("for every set of things wrong with a policy", () => {
    // Caught: a return at the first problem; the delivery's problem lost behind the window's; a
    // policy with problems checked all the same.
    it("always names each, in the order of the policy's fields, and never another", () => {
      fc.assert(
        fc.property(fc.subarray([...faults]), (wrong) => {
          const policy = Object.assign({}, sound, ...wrong.map(({ change }) => change))
          const checked = ProgramPolicy.check(policy)
          const found = checked._tag === "RefusedPolicy" ? checked.problems : []
          // A part may have several problems; they stand together.
          const parts = found.map(({ path }) => path.split(".")[0])
          assert.deepStrictEqual(
            parts.filter((part, index) => part !== parts[index - 1]),
            wrong.map(({ part }) => part)
          )
          assert.strictEqual(checked._tag === "CheckedPolicy", wrong.length === 0)
        })
      )
    })

    // Caught: a closed first day taken although its balance would be carried in from nowhere;
    // the start moved to the next business day; a start within a month refused.
    it("never lets a program begin a whole month on a closed day it would have to derive", () => {
      fc.assert(
        fc.property(start, carryForward, (startsOn, carryForward) => {
          const checked = ProgramPolicy.check({
            ...sound,
            balance: { ...sound.balance, carryForward },
            schedule: { ...sound.schedule, startsOn }
          })
          const isFirst = startsOn.endsWith("-01")
          const isOpen = BankCalendar.isBusinessDay(BankCalendar.israel(), startsOn)
          const refused = isFirst && !isOpen && carryForward !== "none"
          assert.strictEqual(checked._tag === "RefusedPolicy", refused, startsOn)
        }),
        { numRuns: 1_000 }
      )
    })
  })
})

function monthIndex(text: CalendarMonth.CalendarMonth) {
  return Number(text.slice(0, 4)) * 12 + Number(text.slice(5))
}

const month = fc
  .integer({ min: 0, max: 40 })
  .map((offset) =>
    CalendarMonth.of(date(`${2025 + Math.floor(offset / 12)}-${two(offset % 12)}-01`))
  )

function two(offset: number) {
  return String(offset + 1).padStart(2, "0")
}

const checkedSound = ProgramPolicy.check(sound)

const policies = fc.array(month, { minLength: 1, maxLength: 5 }).map((months) => {
  const [first, ...rest] = months.map((effectiveFrom, index): ProgramPolicy.PinnedPolicy => {
    if (checkedSound._tag === "RefusedPolicy") throw new Error("the sound policy is refused")
    return { ...checkedSound, effectiveFrom, hash: `hash ${index}`, text: "" }
  })
  if (first === undefined) throw new Error("no policy")
  return [first, ...rest] as const
})

/** One fault for each part that can have one, in the order of the fields. */
const faults = [
  { part: "calendar", change: { calendar: { ...sound.calendar, zone: "Mars/Olympus" } } },
  { part: "message", change: { message: { ...sound.message, messageClass: "advertisement" } } },
  {
    part: "sendWindow",
    change: { sendWindow: { ordinary: null, short: null, closed: null, mourning: null } }
  },
  { part: "delivery", change: { delivery: { ...RetryPolicy.defaults, leaseMs: 40_000 } } },
  {
    part: "schedule",
    change: { schedule: { ...sound.schedule, startsOn: date("2026-08-01") } }
  }
] as const

const carryForward = fc.constantFrom("none" as const, "bank-days" as const, "always" as const)

/** Mostly firsts of months. */
const start = fc
  .tuple(month, fc.constantFrom(1, 1, 1, 2, 15, 28))
  .map(([month, day]) => CalendarMonth.dateAt(month, day))
