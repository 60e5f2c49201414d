/** Receipts, polls and timers: following a message to its end. */
import { assert } from "vitest"
import type { ReceiptState } from "../../delivery/Receipt.ts"
import type { ReceiptReport } from "../../ports/SmsCarrier.ts"
import { at, type Check, check, type Desk, expiryMs, hour, month, referenceOf, t0 } from "./Desk.ts"
import {
  acceptance,
  accepted,
  claim,
  mark,
  notificationOf,
  openCauses,
  outboxTypes,
  record,
  refusal,
  released,
  retryable,
  statesOf,
  submitting,
  unknown
} from "./Walk.ts"

const receipt = (
  state: ReceiptState,
  over: Partial<ReceiptReport> & { readonly digest: string }
): ReceiptReport => ({
  reference: null,
  carrierMessageId: null,
  receipt: { state, part: 1, parts: null, failure: state === "failed" ? retryable : null },
  ...over
})

const store = ({ store }: Desk, ...reports: ReadonlyArray<ReceiptReport>) =>
  store.storeReceipts({ nowMs: t0, via: "webhook", carrierAccount: "account-1", reports })

const fold = function* ({ store }: Desk, nowMs = t0, limit = 100) {
  return yield* store.foldReceipts({ context: yield* at(nowMs), limit })
}

const delivered = (customerId: string, digest = `delivered-${customerId}`) =>
  receipt("delivered", { reference: referenceOf(customerId), digest })

const failed = (customerId: string) =>
  receipt("failed", { reference: referenceOf(customerId), digest: `failed-${customerId}` })

export const trackChecks: ReadonlyArray<Check> = [
  check("stores a receipt once", function* (desk) {
    yield* accepted(desk, "a")
    const first = yield* store(desk, delivered("a"))
    const again = yield* store(desk, delivered("a"), delivered("a", "another digest"))
    assert.deepStrictEqual(first, { stored: 1, duplicates: 0 })
    assert.deepStrictEqual(again, { stored: 1, duplicates: 1 })
    assert.strictEqual((yield* desk.store.ledger({ nowMs: t0 })).delivery.unfoldedReceipts, 2)
  }),
  check(
    "shows a message's receipts in the order they came, however they name it",
    function* (desk) {
      yield* accepted(desk, "a", "b")
      const byId = receipt("failed", { carrierMessageId: "carrier-a-1", digest: "2" })
      const enroute = receipt("enroute", { reference: referenceOf("a"), digest: "1" })
      yield* store(desk, delivered("b"), enroute)
      const polled = { nowMs: t0 + hour, via: "poll", carrierAccount: "account-1" } as const
      yield* desk.store.storeReceipts({ ...polled, reports: [byId] })
      const { receipts } = yield* desk.store.customerMonth({ customerId: "a", month })
      const common = { n: 1, part: 1 }
      assert.deepStrictEqual(receipts, [
        { ...common, state: "enroute", via: "webhook", receivedMs: t0, failure: null },
        { ...common, state: "failed", via: "poll", receivedMs: t0 + hour, failure: retryable }
      ])
    }
  ),
  check("the same digest of another carrier account is another receipt", function* (desk) {
    yield* store(desk, delivered("a"))
    const reports = [delivered("a")]
    const input = { nowMs: t0, via: "poll", carrierAccount: "account-2", reports } as const
    assert.deepStrictEqual(yield* desk.store.storeReceipts(input), { stored: 1, duplicates: 0 })
  }),
  check("a receipt stored twice in one call is one receipt", function* (desk) {
    const result = yield* store(desk, delivered("a"), delivered("a"))
    assert.deepStrictEqual(result, { stored: 1, duplicates: 1 })
  }),
  check("a delivery is folded by its reference and announced", function* (desk) {
    yield* accepted(desk, "a")
    yield* store(desk, delivered("a"))
    assert.deepStrictEqual(yield* fold(desk), { folded: 1, orphans: 0 })
    assert.strictEqual(yield* statesOf(desk, "a"), "delivered / accepted")
    const { events } = yield* desk.store.outbox({ limit: 10 })
    const confirmed = events.find(({ type }) => type === "DeliveryConfirmed")
    assert.deepInclude(confirmed?.payload, {
      customerId: "a",
      status: "delivered",
      smsId: referenceOf("a"),
      late: false
    })
    assert.deepStrictEqual(yield* fold(desk), { folded: 0, orphans: 0 })
  }),
  check("a receipt without a reference is folded by the carrier's id", function* (desk) {
    yield* accepted(desk, "a")
    yield* store(desk, receipt("delivered", { carrierMessageId: "carrier-a-1", digest: "1" }))
    assert.deepStrictEqual(yield* fold(desk), { folded: 1, orphans: 0 })
    assert.strictEqual(yield* statesOf(desk, "a"), "delivered / accepted")
  }),
  check("a carrier's id of more than seven days ago names nobody", function* (desk) {
    yield* accepted(desk, "a")
    yield* store(desk, receipt("delivered", { carrierMessageId: "carrier-a-1", digest: "1" }))
    const later = yield* fold(desk, t0 + 8 * 24 * hour)
    assert.deepStrictEqual(later, { folded: 0, orphans: 1 })
  }),
  check("keeps an orphan receipt until its message appears", function* (desk) {
    yield* store(desk, delivered("a"))
    assert.deepStrictEqual(yield* fold(desk), { folded: 0, orphans: 1 })
    assert.strictEqual((yield* desk.store.monthFigures({ month })).receipts.orphans, 1)
    yield* submitting(desk, "a")
    assert.deepStrictEqual(yield* fold(desk), { folded: 1, orphans: 0 })
    assert.strictEqual(yield* statesOf(desk, "a"), "delivered / accepted")
    const { receipts } = yield* desk.store.monthFigures({ month })
    assert.deepStrictEqual(receipts, { stored: 1, orphans: 0 })
  }),
  check("an orphan with the carrier's id waits for the acceptance", function* (desk) {
    const report = receipt("delivered", { carrierMessageId: "carrier-a-1", digest: "1" })
    yield* store(desk, report)
    yield* fold(desk)
    yield* accepted(desk, "a")
    assert.deepStrictEqual(yield* fold(desk), { folded: 1, orphans: 0 })
    assert.strictEqual(yield* statesOf(desk, "a"), "delivered / accepted")
  }),
  // Caught: a duplicate of an orphan that changes nothing.
  check("an orphan that is told again is looked at again", function* (desk) {
    yield* accepted(desk, "a")
    const report = receipt("delivered", { carrierMessageId: "carrier-a-1", digest: "1" })
    yield* store(desk, report)
    const late = t0 + 8 * 24 * hour
    assert.deepStrictEqual(yield* fold(desk, late), { folded: 0, orphans: 1 })
    assert.deepStrictEqual(yield* fold(desk), { folded: 0, orphans: 0 })
    assert.deepStrictEqual(yield* store(desk, report, report), { stored: 0, duplicates: 2 })
    assert.deepStrictEqual(yield* fold(desk), { folded: 1, orphans: 0 })
    assert.strictEqual(yield* statesOf(desk, "a"), "delivered / accepted")
  }),
  check("orphans hold no other receipt back", function* (desk) {
    yield* accepted(desk, "a")
    yield* store(desk, delivered("nobody-1"), delivered("nobody-2"), delivered("a"))
    assert.strictEqual((yield* fold(desk, t0, 1)).folded, 1)
    assert.strictEqual(yield* statesOf(desk, "a"), "delivered / accepted")
  }),
  check("a receipt whose names disagree changes nothing, and people are told", function* (desk) {
    yield* accepted(desk, "a", "b")
    const mixed = { reference: referenceOf("a"), carrierMessageId: "carrier-b-1", digest: "1" }
    yield* store(desk, receipt("delivered", mixed))
    assert.deepStrictEqual(yield* fold(desk), { folded: 0, orphans: 1 })
    assert.strictEqual(yield* statesOf(desk, "a"), "active / accepted")
    assert.strictEqual(yield* statesOf(desk, "b"), "active / accepted")
    assert.deepStrictEqual(yield* openCauses(desk), ["RECEIPT_DISAGREES"])
    assert.strictEqual((yield* desk.store.monthFigures({ month })).receipts.orphans, 1)
  }),
  check("a receipt proves the acceptance nobody has recorded", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, unknown("a"))
    yield* store(desk, receipt("enroute", { reference: referenceOf("a"), digest: "1" }))
    yield* fold(desk)
    assert.strictEqual(yield* statesOf(desk, "a"), "active / accepted")
    assert.include(yield* outboxTypes(desk), "NotificationSent")
  }),
  check("the order of receipts does not matter", function* (desk) {
    yield* accepted(desk, "a", "b")
    yield* store(desk, failed("a"))
    yield* fold(desk)
    assert.strictEqual(yield* statesOf(desk, "a"), "waiting / accepted pending")
    yield* store(desk, delivered("a"), delivered("b"))
    yield* fold(desk)
    yield* store(desk, failed("b"))
    yield* fold(desk)
    assert.strictEqual(yield* statesOf(desk, "a"), "delivered / accepted cancelled")
    assert.strictEqual(yield* statesOf(desk, "b"), "delivered / accepted")
  }),
  check("a delivery after the end is recorded as late", function* (desk) {
    yield* accepted(desk, "a")
    const closed = t0 + 73 * hour
    yield* desk.store.applyTimers({ context: yield* at(closed), limit: 10 })
    yield* store(desk, delivered("a"))
    yield* fold(desk, closed)
    assert.strictEqual((yield* notificationOf(desk, "a")).state, "delivered")
    const { events } = yield* desk.store.outbox({ limit: 10 })
    const late = events.filter(({ type }) => type === "DeliveryConfirmed")
    assert.deepStrictEqual(
      late.map(({ payload }) => "late" in payload && payload.late),
      [false, true]
    )
  }),
  check("receipts are polled every two hours, each time once", function* (desk) {
    yield* accepted(desk, "a")
    const poll = function* (nowMs: number) {
      return yield* desk.store.claimPolls({ context: yield* at(nowMs), limit: 10 })
    }
    assert.lengthOf(yield* poll(t0 + 2 * hour - 1), 0)
    const { delivery } = yield* desk.store.ledger({ nowMs: t0 })
    assert.strictEqual(delivery.pollDueMs, t0 + 2 * hour)
    const [due] = yield* poll(t0 + 2 * hour)
    assert.deepInclude(due, { n: 1, reference: referenceOf("a") })
    assert.lengthOf(yield* poll(t0 + 2 * hour), 0)
    assert.lengthOf(yield* poll(t0 + 4 * hour), 1)
    yield* store(desk, delivered("a"))
    yield* fold(desk)
    assert.lengthOf(yield* poll(t0 + 6 * hour), 0)
  }),
  check("72 h without a final receipt close the message as undeliverable", function* (desk) {
    yield* accepted(desk, "a")
    const { delivery } = yield* desk.store.ledger({ nowMs: t0 })
    assert.strictEqual(delivery.timerDueMs, t0 + 72 * hour)
    const early = { context: yield* at(t0 + 72 * hour - 1), limit: 10 }
    assert.deepStrictEqual(yield* desk.store.applyTimers(early), { applied: 0 })
    const due = { context: yield* at(t0 + 72 * hour), limit: 10 }
    assert.deepStrictEqual(yield* desk.store.applyTimers(due), { applied: 1 })
    assert.strictEqual(yield* statesOf(desk, "a"), "undeliverable / closed")
    assert.deepStrictEqual(yield* desk.store.applyTimers(due), { applied: 0 })
    const polls = yield* desk.store.claimPolls({ context: due.context, limit: 10 })
    assert.lengthOf(polls, 0)
  }),
  check(
    "a message that is not marked yet keeps no other's closing from its time",
    function* (desk) {
      yield* released(desk, "a", "b", "c", "d")
      yield* claim(desk, t0, { limit: 3 })
      const batch = yield* claim(desk, t0, { limit: 1 })
      const last = batch.messages[0]?.customerId ?? assert.fail("nothing was claimed")
      yield* mark(desk, batch)
      yield* record(desk, batch.fence, t0, acceptance(last))
      const due = { context: yield* at(t0 + 72 * hour), limit: 1 }
      assert.deepStrictEqual(yield* desk.store.applyTimers(due), { applied: 1 })
      assert.strictEqual(yield* statesOf(desk, last), "undeliverable / closed")
      const expired = { context: yield* at(expiryMs), limit: 10 }
      assert.deepStrictEqual(yield* desk.store.applyTimers(expired), { applied: 3 })
    }
  ),
  check("what was never marked by its expiry is expired and never claimed", function* (desk) {
    yield* released(desk, "a")
    const due = { context: yield* at(expiryMs), limit: 10 }
    assert.deepStrictEqual(yield* desk.store.applyTimers(due), { applied: 1 })
    assert.strictEqual(yield* statesOf(desk, "a"), "expired / cancelled")
    assert.lengthOf((yield* claim(desk, expiryMs)).messages, 0)
  }),
  check("too late after a failed attempt is a failure, not an expiry", function* (desk) {
    const batch = yield* submitting(desk, "a")
    yield* record(desk, batch.fence, t0, refusal("a", retryable))
    yield* desk.store.applyTimers({ context: yield* at(expiryMs), limit: 10 })
    assert.deepInclude(yield* notificationOf(desk, "a"), { state: "failed", reason: "EXPIRED" })
    assert.deepStrictEqual(yield* openCauses(desk), ["EXPIRED_AFTER_FAILURE"])
  })
]
