/**
 * The calls of schedulers and feeds: tick, one capture, corrections, receipts.
 *
 * **Source** — architecture, Embedding and Level-triggered.
 */
import * as Effect from "effect/Effect"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import { BalanceHistory } from "../ports/BalanceHistory.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { SmsCarrier } from "../ports/SmsCarrier.ts"
import { captureDay } from "../workflows/CaptureDay.ts"
import { Program } from "../workflows/Program.ts"
import { redecideCustomers } from "../workflows/Redecide.ts"
import * as Tick from "../workflows/Tick.ts"
import { receiptReport } from "./CarrierPort.ts"
import * as Explaining from "./Explaining.ts"
import { businessMs, givenMs, parsed } from "./GivenTime.ts"
import { MalformedAnswer } from "./HostCall.ts"
import type { HostReceipt } from "./HostPorts.ts"
import * as Instants from "./Instants.ts"
import { named } from "./OpenChecks.ts"
import { invalid, refused, RefusedError } from "./TidemarkError.ts"
import type { CallOptions, CaptureReport, TickOptions } from "./TidemarkTypes.ts"

export const tick = Effect.fnUntraced(function* (options: TickOptions) {
  const { budgetMs, roles } = options
  const nowMs = yield* givenMs(options)
  const result = yield* Tick.tick({
    ...(nowMs === undefined ? {} : { nowMs }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
    ...(roles === undefined ? {} : { roles })
  })
  const { done, late, more, recheck } = result
  return { done, late, nextWakeAt: Explaining.isoOf(result.nextWakeAtMs), recheck, more }
})

export const capture = Effect.fnUntraced(function* (text: string, options?: CallOptions) {
  const nowMs = yield* businessMs(options)
  const { zone } = yield* Program
  if ((yield* BalanceHistory).origin === "bank") {
    return yield* Effect.fail(
      refused("NothingCaptured", "the bank's own table is read: after a correction call redecide()")
    )
  }
  const businessDate = yield* parsed(() => Instants.date(text))
  if (businessDate >= ZonedTime.businessDateAt(nowMs, zone)) {
    return yield* Effect.fail(refused("DayNotOver", `${businessDate} is not over yet`))
  }
  const outcome = yield* captureDay({ businessDate, again: true, nowMs })
  if (outcome._tag !== "Captured") {
    const elsewhere: CaptureReport = { outcome: "elsewhere" }
    return elsewhere
  }
  const { conflicts, issues, stored, superseded } = outcome
  const captured: CaptureReport = { outcome: "captured", stored, superseded, conflicts, issues }
  return captured
})

export const redecide = Effect.fnUntraced(function* (
  text: string,
  customerIds: ReadonlyArray<string>,
  options?: CallOptions
) {
  const month = yield* parsed(() => Instants.month(text))
  const ids = yield* parsed(() => customerIds.map((id, i) => named(`customerIds[${i}]`, id)))
  const nowMs = yield* businessMs(options)
  const store = yield* ProgramStore
  const ledger = yield* store.ledger({ nowMs })
  const touched = ledger.months.filter(
    (row) => row.month === month || row.month === CalendarMonth.next(month)
  )
  // Pages already decided would not see the correction, and nobody would come back to them.
  if (touched.some(({ status }) => status === "complete")) return yield* Effect.fail(beingDecided())
  let changed = 0
  for (const row of touched) {
    if (row.status === "open") continue
    changed += yield* redecideCustomers(row.month, ids, nowMs)
  }
  return changed
})

const beingDecided = () =>
  new RefusedError("RefusedError.BeingDecided", "the month is being decided: call again soon", {
    retryable: true
  })

export const receipts = Effect.fnUntraced(function* (
  given: ReadonlyArray<HostReceipt>,
  options?: CallOptions
) {
  const store = yield* ProgramStore
  const carrier = yield* SmsCarrier
  const reports = yield* Effect.try({
    try: () => given.map(receiptReport),
    catch: (error) =>
      error instanceof MalformedAnswer ? invalid("receipts", error.message) : error
  })
  const nowMs = yield* businessMs(options)
  const carrierAccount = carrier.account
  return yield* store.storeReceipts({ nowMs, via: "webhook", carrierAccount, reports })
})
