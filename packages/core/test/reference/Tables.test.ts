/** The reference pages whose tables are the test data. */
import { assert, describe, it } from "vitest"
import * as MonthDays from "../../src/balance/MonthDays.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Failure from "../../src/delivery/Failure.ts"
import * as Notification from "../../src/delivery/Notification.ts"
import * as Receipt from "../../src/delivery/Receipt.ts"
import * as SmsSegments from "../../src/message/SmsSegments.ts"
import * as Currency from "../../src/money/Currency.ts"
import * as Qualification from "../../src/qualification/Qualification.ts"
import * as Reason from "../../src/qualification/Reason.ts"
import { type Row, tables } from "./Page.ts"

const month = CalendarMonth.parse("2026-09") ?? assert.fail("a month")
const dateOf = (text: string) => BusinessDate.parse(text) ?? assert.fail(text)
const none: ReadonlyArray<Row> = []

const daysOf = (text: string): number => {
  let bits = 0
  for (const day of text.split(",")) if (day !== "") bits |= MonthDays.bitOf(Number(day))
  return bits
}

/** The text of a cell such as `160 × a`. */
const repeated = (cell: string): string => {
  const [, times, unit] = /^(\d+) × (\S+)$/u.exec(cell) ?? assert.fail(cell)
  return (unit ?? "").repeat(Number(times))
}

/** A receipt of a cell such as `2/3 delivered` or `delivered`. */
const receiptOf = (cell: string): Receipt.Receipt => {
  const [, part, parts, said] = /^(?:(\d+)\/(\d+) )?(\w+)$/u.exec(cell) ?? assert.fail(cell)
  const state = Receipt.order.find((known) => known === said) ?? assert.fail(cell)
  const counted = parts === undefined ? null : Number(parts)
  return { state, part: Number(part ?? 1), parts: counted, failure: null }
}

describe("docs/reference/outcomes.md", () => {
  const [rows = none] = tables("outcomes.md")
  // Caught: a missing day before a failing one; a waived day still failing.
  it.each(rows.map((row, index) => [index + 1, row] as const))("row %i", (_, row) => {
    const all = MonthDays.allDays(30)
    const missing = daysOf(row("days without a balance"))
    const observed = all & ~missing
    const met = observed & ~daysOf(row("days below"))
    const days = { ...MonthDays.none, observed, met, waived: daysOf(row("days waived")) }
    const decided = Qualification.decide({
      month,
      days,
      ...(row("opened") === "" ? {} : { opened: dateOf(row("opened")) }),
      ...(row("closed") === "" ? {} : { closed: dateOf(row("closed")) })
    })
    assert.strictEqual(decided._tag, row("outcome"))
    assert.strictEqual(decided.reasons[0]?.code, row("first reason"))
  })
})

describe("docs/reference/sizes.md", () => {
  const [rows = none] = tables("sizes.md")
  // Caught: 70 units in each of several segments; an escape split over two parts.
  it.each(rows.map((row) => [row("text"), row] as const))("%s", (text, row) => {
    const { encoding, parts, segments, units } = SmsSegments.measure(repeated(text))
    assert.deepStrictEqual(
      [encoding, String(units), String(segments), parts.join(" + ")],
      [row("encoding"), row("units"), row("segments"), row("parts")]
    )
  })
})

describe("docs/reference/receipts.md", () => {
  const [rows = none] = tables("receipts.md")
  const outcome = (receipts: ReadonlyArray<Receipt.Receipt>, submitted: number) => {
    let seen: ReadonlyArray<number> = []
    for (const receipt of receipts) seen = Receipt.fold(seen, receipt)
    return Receipt.outcome(seen, submitted)
  }
  const cases = rows.map((row) => [row("parts submitted"), row("receipts"), row] as const)
  // Caught: the last receipt counting instead of the strongest.
  it.each(cases)("%s submitted: %s", (submitted, cell, row) => {
    const receipts = cell === "" ? [] : cell.split(", ").map(receiptOf)
    for (const order of [receipts, receipts.toReversed(), [...receipts, ...receipts]]) {
      assert.strictEqual(outcome(order, Number(submitted)), row("outcome"))
    }
  })
})

describe("docs/reference/dispositions.md", () => {
  const [states = none, failures = none] = tables("dispositions.md")
  const known: Readonly<Record<Notification.NotificationState, true>> = {
    held: true,
    active: true,
    waiting: true,
    escalated: true,
    delivered: true,
    failed: true,
    undeliverable: true,
    withdrawn: true,
    suppressed: true,
    expired: true
  }
  const allStates = Object.keys(known).filter((text): text is Notification.NotificationState =>
    Object.hasOwn(known, text)
  )

  it("has a row for every state, each with its disposition", () => {
    const found = states.map((row) => row("notification"))
    assert.sameMembers(found, allStates)
    for (const row of states) {
      const state = allStates.find((one) => one === row("notification")) ?? assert.fail("state")
      const disposition = Notification.disposition({ ...Notification.held, state })
      const ended = Notification.isTerminal(state) ? "yes" : "no"
      assert.deepStrictEqual([disposition, ended], [row("disposition"), row("ended")], state)
    }
  })

  it("says of every failure whether a further attempt may follow", () => {
    const dispositions = ["permanent", "fix", "unknown", "retry", "wait"] as const
    const allowed = (row: Row): ReadonlyArray<string> => [
      row("disposition"),
      row("further attempt")
    ]
    assert.deepStrictEqual(
      failures.map(allowed),
      dispositions.map((disposition) => {
        const failure = { category: "ProviderError", disposition, code: "E" } as const
        return [disposition, Failure.isRetryable(failure) ? "yes" : "no"]
      })
    )
  })
})

describe("docs/reference/reasons.md", () => {
  const [rows = none] = tables("reasons.md")
  const kinds: Readonly<Record<Reason.ReasonCode, string>> = {
    NOT_FULL_MONTH: "deciding",
    BELOW_THRESHOLD: "deciding",
    DATA_INCOMPLETE: "deciding",
    MET_EVERY_DAY: "deciding",
    DAYS_MISSING: "explaining",
    DAYS_IN_CONFLICT: "explaining",
    DAYS_DERIVED: "explaining",
    DAYS_WAIVED: "explaining"
  }
  const dates = MonthDays.ranges(daysOf("5,7,8"), month)
  const worst = { date: dateOf("2026-09-05"), shortfallMinorUnits: 1n }

  it("lists every code once, in the order of precedence", () => {
    assert.deepStrictEqual(
      rows.map((row) => [row("code"), row("kind")]),
      Object.entries(kinds)
    )
  })

  it.each(rows.map((row) => [row("code"), row] as const))("%s", (text, row) => {
    const code = Object.keys(kinds).find((known): known is Reason.ReasonCode => known === text)
    const reason = { code: code ?? assert.fail(text), dates }
    const dated = code === "BELOW_THRESHOLD" ? { ...reason, worst } : reason
    assert.strictEqual(Reason.toText(dated, Currency.ils), row("sentence"))
  })
})
