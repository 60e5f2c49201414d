/** The answer to a complaint call, for every way a month can end. */
import type { CustomerMonth } from "@tidemark/core/effect"
import { PolicyDocument } from "@tidemark/core/effect"
import { BusinessDate, CalendarMonth, Instant, MonthDays } from "@tidemark/core/rules"
import { Attempt, type Notification } from "@tidemark/core/rules/delivery"
import { assert, describe, it } from "vitest"
import * as ExplainHandler from "../../src/commands/ExplainHandler.ts"
import * as MonthCalendar from "../../src/MonthCalendar.ts"

const month = CalendarMonth.parse("2026-09") ?? assert.fail("a month")
const date = (text: string) => BusinessDate.parse(text) ?? assert.fail(text)
const ms = (text: string): number => Date.parse(text)
const days = (...wanted: ReadonlyArray<number>): number => {
  let bits = 0
  for (const day of wanted) bits |= MonthDays.bitOf(day)
  return bits
}
const all = MonthDays.allDays(30)

const pinned = PolicyDocument.read(
  JSON.stringify({ message: { messageClass: "service" }, schedule: { startsOn: "2026-08-31" } }),
  month
)
const applied = (exact: boolean): ExplainHandler.Applied =>
  "_tag" in pinned ? assert.fail(JSON.stringify(pinned)) : { exact, pinned }

const decision: NonNullable<CustomerMonth["decision"]> = {
  customerId: "C-1",
  outcome: "Qualified",
  reasons: [{ code: "MET_EVERY_DAY", dates: [] }],
  reach: { _tag: "Reachable" },
  observed: all,
  met: all,
  derived: 0,
  waived: 0,
  accountIds: ["A-1"],
  evidenceHash: new Uint8Array(32).fill(171),
  notificationId: "N-1"
}

const known = (over: Partial<CustomerMonth> = {}): CustomerMonth => ({
  customerId: "C-1",
  month,
  decision,
  revision: 1,
  decidedMs: ms("2026-10-04T05:00:00Z"),
  policyHash: "abc",
  checks: [],
  notification: null,
  references: [],
  receipts: [],
  escalations: [],
  ...over
})

const text = (month: CustomerMonth, exact = true): string =>
  ExplainHandler.text(month, applied(exact)).join("\n")

const attempt = (n: number, over: Partial<Attempt.Attempt>): Attempt.Attempt => ({
  ...Attempt.pending(n, 0),
  ...over
})

const message = (
  state: Notification.NotificationState,
  reason: string | null = null,
  attempts: ReadonlyArray<Attempt.Attempt> = []
): NonNullable<CustomerMonth["notification"]> => ({
  notificationId: "N-1",
  customerId: "C-1",
  month,
  notification: { state, reason, expiryMs: null, attempts }
})

describe("tidemark explain: the decision", () => {
  it("says first what was decided, then why, with dates, and what it rests on", () => {
    const below = {
      code: "BELOW_THRESHOLD" as const,
      dates: [{ from: date("2026-09-24"), to: date("2026-09-24") }],
      worst: { date: date("2026-09-24"), shortfallMinorUnits: 1n }
    }
    const refused = { ...decision, outcome: "NotQualified" as const, reach: null }
    const out = text(known({ decision: { ...refused, reasons: [below], met: all & ~days(24) } }))
    assert.match(
      out,
      /^Customer C-1, 2026-09\n\n {2}Did not qualify: below 15,000\.00 ILS on 2026-09-24; at or/
    )
    assert.include(out, "on 29 of 30 days.\n  No message: the customer did not qualify.\n")
    assert.include(out, "worst on 2026-09-24, short by 0.01 ILS")
    assert.include(out, `evidence  ${"ab".repeat(32)}`)
    assert.include(out, "policy    abc, in force from 2026-09")
    assert.include(
      out,
      "What happened (times of Asia/Jerusalem)\n  2026-10-04 08:00  the month was d"
    )
  })

  it("counts days where their dates could not be followed by ear", () => {
    const dates = [2, 4, 6, 8].map((day) => {
      const at = CalendarMonth.dateAt(month, day)
      return { from: at, to: at }
    })
    const refused = { ...decision, outcome: "NotQualified" as const, met: all & ~days(2, 4, 6, 8) }
    const reasons = [{ code: "BELOW_THRESHOLD" as const, dates }]
    assert.include(
      text(known({ decision: { ...refused, reasons } })),
      "below 15,000.00 ILS on 4 days; at or above it on 26 of 30 days."
    )
  })

  it("leaves waived days out of the count and says so", () => {
    const waived = { ...decision, met: all & ~days(3), waived: days(3) }
    assert.include(
      text(known({ decision: waived })),
      "on every day, 29 of 29 days. 1 day excluded."
    )
  })

  it("names no threshold of a policy that nobody has any more", () => {
    const out = text(known(), false)
    assert.notInclude(out, "15,000")
    assert.include(out, "policy    abc, in neither the settings nor the store")
  })

  it("says of a month that is not decided nothing but that", () => {
    const open = known({ decision: null, decidedMs: null, revision: 0, policyHash: null })
    assert.strictEqual(text(open), "Customer C-1, 2026-09\n\n  Not decided yet.\n  No message yet.")
    assert.deepInclude(ExplainHandler.json(open, applied(false)), { outcome: null, days: null })
  })
})

describe("tidemark explain: the calendar", () => {
  const drawn = {
    observed: all & ~days(5, 6, 7, 8, 9),
    met: all & ~days(2, 6, 9),
    derived: days(5, 6),
    waived: days(9),
    conflict: days(8)
  }

  it("gives each kind of day a shape of its own, weeks as rows", () => {
    assert.deepStrictEqual(MonthCalendar.ofCustomer(month, drawn).slice(0, 3), [
      "  Sun   Mon   Tue   Wed   Thu   Fri   Sat",
      "               1 ●   2 ✗   3 ●   4 ●   5 ○",
      "   6 ×   7 ?   8 ‼   9 –  10 ●  11 ●  12 ●"
    ])
  })

  it("explains exactly the marks that occur", () => {
    assert.strictEqual(
      MonthCalendar.ofCustomer(month, drawn).at(-1),
      "  ● at or above   ○ derived, at or above   ✗ below   × derived, below   – waived   " +
        "? no balance   ‼ two amounts"
    )
    assert.strictEqual(MonthCalendar.ofCustomer(month, decision).at(-1), "  ● at or above")
  })

  it("says the same with colour as without", () => {
    const coloured = MonthCalendar.ofCustomer(month, drawn, (colour, sign) => `<${colour}>${sign}`)
    assert.include(coloured[1], "<green>●   2 <red>✗")
    assert.deepStrictEqual(
      coloured.map((line) => line.replace(/<\w+>/g, "")),
      MonthCalendar.ofCustomer(month, drawn)
    )
  })

  it("shows a conflict the decision saw, and every day in JSON", () => {
    const conflict = {
      code: "DAYS_IN_CONFLICT" as const,
      dates: [{ from: date("2026-09-07"), to: date("2026-09-08") }]
    }
    const undetermined = {
      ...decision,
      outcome: "Undetermined" as const,
      reasons: [{ code: "DATA_INCOMPLETE" as const, dates: conflict.dates }, conflict],
      observed: all & ~days(7, 8),
      met: all & ~days(7, 8)
    }
    const month = known({ decision: undetermined })
    assert.include(text(month), " 7 ‼   8 ‼")
    assert.include(text(month), "Could not be decided: balances are missing.")
    const { days: told } = ExplainHandler.json(month, applied(true))
    assert.lengthOf(told ?? [], 30)
    assert.deepStrictEqual(told?.[6], { date: "2026-09-07", state: "conflict", derived: false })
    assert.deepStrictEqual(told?.[8], { date: "2026-09-09", state: "met", derived: false })
  })
})

describe("tidemark explain: the message", () => {
  const endings: ReadonlyArray<readonly [CustomerMonth, string]> = [
    [known(), "No message yet."],
    [
      known({ decision: { ...decision, reach: { _tag: "Unreachable", reason: "LANDLINE" } } }),
      "No message: the phone number is a landline."
    ],
    [
      known({ decision: { ...decision, reach: { _tag: "Excluded", reason: "LEGAL_HOLD" } } }),
      "No message: the bank has excluded the customer."
    ],
    [
      known({ decision: { ...decision, reach: { _tag: "Unreachable", reason: "PAGER" } } }),
      "No message: for the reason PAGER."
    ],
    [known({ notification: message("held") }), "waits until the bank releases the month"],
    [known({ notification: message("waiting") }), "will be sent once more"],
    [known({ notification: message("escalated") }), "two people at the bank must decide"],
    [known({ notification: message("failed", "EXHAUSTED") }), "delivered: every attempt failed."],
    [known({ notification: message("failed", "CLOSED") }), "two people at the bank closed it"],
    [known({ notification: message("undeliverable") }), "It is not sent again."],
    [known({ notification: message("suppressed", "OPTED_OUT") }), "asked for no messages"],
    [known({ notification: message("withdrawn") }), "was decided again before it was sent"],
    [known({ notification: message("expired") }), "was released too late to send it"]
  ]
  it.each(endings)("%#: %s", (month, sentence) => {
    assert.include(text(month), sentence)
  })

  it("tells attempts, receipts and escalations in the order they happened", () => {
    const failure = { category: "Undeliverable", disposition: "retry", code: "E7" } as const
    const first = attempt(1, { state: "accepted", firstMarkMs: ms("2026-10-04T06:00:00Z") })
    const second = attempt(2, {
      state: "refused",
      firstMarkMs: ms("2026-10-04T13:00:00Z"),
      negativeMs: ms("2026-10-04T13:00:01Z"),
      failure
    })
    const receipt = { n: 1, part: 1, via: "poll" as const, failure: null }
    const month = known({
      notification: message("failed", "EXHAUSTED", [first, second]),
      references: ["ref-1", "ref-2"],
      receipts: [
        { ...receipt, state: "enroute", receivedMs: ms("2026-10-04T06:01:00Z") },
        { ...receipt, state: "failed", receivedMs: ms("2026-10-04T06:05:00Z"), failure }
      ],
      escalations: [
        {
          escalationId: "E-1",
          cause: "RETRIES_EXHAUSTED",
          customerId: "C-1",
          month: CalendarMonth.of(date("2026-09-01")),
          notificationId: "N-1",
          detail: null,
          raisedMs: ms("2026-10-04T13:00:01Z"),
          resolvedMs: ms("2026-10-05T07:00:00Z")
        }
      ]
    })
    const out = text(month)
    const story = out.slice(out.indexOf("What happened"), out.indexOf("\n\nFor the file"))
    assert.deepStrictEqual(story.split("\n").slice(1), [
      "  2026-10-04 08:00  the month was decided",
      "  2026-10-04 09:00  attempt 1 given to the carrier",
      "  2026-10-04 09:01  the carrier reports attempt 1 enroute",
      "  2026-10-04 09:05  the carrier reports attempt 1 failed: Undeliverable (E7)",
      "  2026-10-04 16:00  attempt 2 given to the carrier",
      "  2026-10-04 16:00  the carrier refused attempt 2: Undeliverable (E7)",
      "  2026-10-04 16:00  given to people to decide: RETRIES_EXHAUSTED",
      "  2026-10-05 10:00  decided by people: RETRIES_EXHAUSTED"
    ])
    assert.include(out, "  message   attempt 2: ref-2")
    const { escalations, history } = ExplainHandler.json(month, applied(true))
    assert.deepStrictEqual(
      history.map(({ at, event }) => `${at} ${event}`),
      [
        "2026-10-04T05:00:00.000Z decided",
        "2026-10-04T06:00:00.000Z submitted",
        "2026-10-04T06:01:00.000Z receipt",
        "2026-10-04T06:05:00.000Z receipt",
        "2026-10-04T13:00:00.000Z submitted",
        "2026-10-04T13:00:01.000Z refused",
        "2026-10-04T13:00:01.000Z escalated",
        "2026-10-05T07:00:00.000Z resolved"
      ]
    )
    assert.strictEqual(escalations[0]?.resolvedAt, Instant.toIso(ms("2026-10-05T07:00:00Z")))
  })

  it("says when the carrier told of the delivery", () => {
    const receivedMs = ms("2026-10-04T06:05:00Z")
    const receipt = { n: 1, part: 1, via: "poll", state: "delivered", failure: null } as const
    const month = known({
      notification: message("delivered"),
      receipts: [{ ...receipt, receivedMs }]
    })
    assert.include(text(month), "to the phone; the carrier told us at 2026-10-04 09:05.")
  })
})
