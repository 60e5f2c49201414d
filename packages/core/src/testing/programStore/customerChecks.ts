/** The customers of a month, page by page: what the annex of its report is made of. */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { DecisionRecord } from "../../ports/store/Decisions.ts"
import type { MonthCustomer } from "../../ports/store/Reports.ts"
import * as CalendarMonth from "../../calendar/CalendarMonth.ts"
import * as Dispositions from "../../report/Dispositions.ts"
import {
  at,
  type Check,
  check,
  decision,
  type Desk,
  expiryMs,
  hour,
  month,
  t0,
  windowClosesMs
} from "./Desk.ts"
import {
  accepted,
  claim,
  decide,
  markRequest,
  permanent,
  record,
  refusal,
  release
} from "./Walk.ts"

/** Every customer of the month, by pages of this size. */
const paged = Effect.fnUntraced(function* ({ store }: Desk, limit: number) {
  const all: Array<MonthCustomer> = []
  for (;;) {
    const after = all.at(-1)?.customerId ?? null
    const page = yield* store.monthCustomers({ month, after, limit })
    assert.isAtMost(page.length, limit)
    all.push(...page)
    if (page.length < limit) return all
  }
})

const idsOf = (customers: ReadonlyArray<MonthCustomer>): ReadonlyArray<string> =>
  customers.map(({ customerId }) => customerId)

const redecide = ({ store }: Desk, decision: DecisionRecord, nowMs = t0) =>
  store.recordRedecision({ nowMs, month, policyHash: "policy-hash", decision, cause: "check" })

const reason = { code: "DATA_INCOMPLETE", dates: [] } as const

/** One customer for each way a qualified one can end before, at and after the mark. */
const walked = Effect.fnUntraced(function* (desk: Desk) {
  const reach = { _tag: "Unreachable", reason: "LANDLINE" } as const
  const excluded = { _tag: "Excluded", reason: "DECEASED" } as const
  yield* decide(desk, [
    ...["accepted", "failed", "late", "landline", "suppressed", "wrong"].map((id) => decision(id)),
    decision("number", "Qualified", 1, { reach, notificationId: null }),
    decision("excluded", "Qualified", 1, { reach: excluded, notificationId: null }),
    decision("below", "NotQualified"),
    decision("missing", "Undetermined", 1, { reasons: [reason] })
  ])
  yield* release(desk)
  yield* desk.store.suppress({
    customerIds: ["suppressed"],
    reason: "OPTED_OUT",
    by: "sms",
    nowMs: t0
  })
  yield* redecide(desk, decision("wrong", "NotQualified", 2))
  yield* redecide(desk, decision("late", "NotQualified", 2))
  yield* redecide(desk, decision("late", "Qualified", 3), expiryMs + hour)
  const batch = yield* claim(desk)
  const requests = []
  for (const message of batch.messages) {
    const { customerId, n, notificationId } = message
    const event = { _tag: "Withdrawn", reason: "unreachable:VOIP" } as const
    requests.push(
      customerId === "landline"
        ? { _tag: "End" as const, notificationId, n, event }
        : yield* markRequest(message)
    )
  }
  const { batchId, fence } = batch
  yield* desk.store.mark({ batchId, fence, context: yield* at(t0), windowClosesMs, requests })
  yield* record(desk, fence, t0, refusal("failed", permanent))
})

export const customerChecks: ReadonlyArray<Check> = [
  check("the customers of a month are listed once each, in order of their ids", function* (desk) {
    const ids = ["b", "a-2", "d", "a", "c", "B", "e"]
    yield* decide(
      desk,
      ids.map((id) => decision(id, "NotQualified"))
    )
    for (const limit of [1, 2, 7, 100]) {
      assert.deepStrictEqual(idsOf(yield* paged(desk, limit)), ids.toSorted(), `${limit} a page`)
    }
    const past = { month, after: "e", limit: 10 }
    assert.deepStrictEqual([...(yield* desk.store.monthCustomers(past))], [])
  }),
  check("a month and a program list their own customers only", function* (desk) {
    yield* decide(desk, [decision("a")])
    yield* decide({ ...desk, store: desk.other }, [decision("z")])
    assert.deepStrictEqual(idsOf(yield* paged(desk, 10)), ["a"])
    const before = { month: CalendarMonth.previous(month), after: null, limit: 10 }
    assert.deepStrictEqual([...(yield* desk.store.monthCustomers(before))], [])
  }),
  check("a listed customer is shown as decided, with where the message stands", function* (desk) {
    const worst = { date: CalendarMonth.dateAt(month, 3), shortfallMinorUnits: 12n }
    const dates = [{ from: worst.date, to: CalendarMonth.dateAt(month, 4) }]
    const days = { observed: 0x7fff_fff0, met: 0x7fff_fff0, derived: 3, waived: 4 }
    const reasons = [{ code: "BELOW_THRESHOLD", dates, worst } as const]
    yield* decide(desk, [decision("n", "NotQualified", 1, { ...days, reasons }), decision("q")])
    const [below, qualified] = yield* paged(desk, 10)
    assert.deepStrictEqual(below, {
      customerId: "n",
      outcome: "NotQualified",
      reasons,
      reach: null,
      ...days,
      message: null
    })
    assert.deepInclude(qualified, {
      reach: { _tag: "Reachable" },
      message: { state: "held", reason: null }
    })
  }),
  check("a revised customer is listed as decided last", function* (desk) {
    yield* decide(desk, [decision("a"), decision("b")])
    yield* redecide(desk, decision("a", "NotQualified", 2))
    const outcomes = (yield* paged(desk, 10)).map(({ outcome }) => outcome)
    assert.deepStrictEqual(outcomes, ["NotQualified", "Qualified"])
  }),
  check("a customer is never listed as a counterfactual has it", function* (desk) {
    yield* accepted(desk, "a")
    yield* redecide(desk, decision("a", "NotQualified", 2))
    assert.deepStrictEqual(
      (yield* paged(desk, 10)).map(({ outcome }) => outcome),
      ["Qualified"]
    )
  }),
  check("each customer counts where the figures of the month count it", function* (desk) {
    yield* walked(desk)
    const counted = Dispositions.of(yield* desk.store.monthFigures({ month }))
    for (const { holds, law } of Dispositions.checks(counted)) assert.isTrue(holds, law)
    const customers = yield* paged(desk, 3)
    const found = new Map(customers.map((each) => [each.customerId, Dispositions.ofCustomer(each)]))
    assert.deepStrictEqual(Object.fromEntries(found), {
      accepted: "pending",
      below: null,
      excluded: "excluded",
      failed: "failed",
      landline: "unreachable",
      late: "expired",
      missing: null,
      number: "unreachable",
      suppressed: "suppressed",
      wrong: null
    })
    for (const name of Dispositions.summands) {
      const listed = Array.from(found.values()).filter((each) => each === name).length
      assert.strictEqual(listed, counted[name], name)
    }
  })
]
