/** The inbox of receipts, and folding them into attempts. */
import * as Notification from "../../delivery/Notification.ts"
import * as Consequences from "../store/Consequences.ts"
import type * as Deliveries from "../store/Deliveries.ts"
import type * as Reports from "../store/Reports.ts"
import * as Notifications from "./Notifications.ts"
import * as State from "./State.ts"

const inboxKey = (carrierAccount: string, digest: string): string =>
  JSON.stringify([carrierAccount, digest])

export const storeReceipts = (
  state: State.State,
  input: Deliveries.StoreReceipts
): Deliveries.StoredReceipts => {
  const { carrierAccount, nowMs, via } = input
  let stored = 0
  for (const report of input.reports) {
    const key = inboxKey(carrierAccount, report.digest)
    const known = state.inbox.get(key)
    // Told again, it may be looked at again: its message may have a name now.
    if (known?.state === "orphan") state.unfolded.add(key)
    if (known !== undefined) continue
    state.inbox.set(key, { via, carrierAccount, report, receivedMs: nowMs, state: "new" })
    const name = nameIn(report.reference, report.carrierMessageId)
    const named = state.inboxByName.get(name)
    if (named === undefined) state.inboxByName.set(name, [key])
    else named.push(key)
    state.unfolded.add(key)
    stored++
  }
  if (stored > 0) State.audit(state, "storeReceipts", nowMs, `${input.via} ${stored}`)
  return { stored, duplicates: input.reports.length - stored }
}

/** What a receipt goes by: the reference first, as when it is folded. */
const nameIn = (reference: string | null, carrierMessageId: string | null): string =>
  reference === null ? `id ${carrierMessageId}` : `reference ${reference}`

/** The receipts of a message, in the order they came. */
export const receiptsOf = (
  state: State.State,
  row: State.NotificationState
): ReadonlyArray<Reports.ReceiptView> =>
  row.notification.attempts
    .flatMap(({ carrierMessageId, n }) =>
      [nameIn(row.sides[n - 1]?.reference ?? "", null), nameIn(null, carrierMessageId)]
        .flatMap((name) => state.inboxByName.get(name) ?? [])
        .flatMap((key) => state.inbox.get(key) ?? [])
        .map(({ receivedMs, report: { receipt }, via }) => {
          const { failure, part, state: said } = receipt
          return { n, state: said, part, via, receivedMs, failure }
        })
    )
    .toSorted((one, other) => one.receivedMs - other.receivedMs)

/** The attempts with this carrier id that were marked within the window before now. */
const recentByCarrierId = (
  state: State.State,
  carrierMessageId: string | null,
  nowMs: number
): ReadonlyArray<Consequences.AttemptKey> => {
  if (carrierMessageId === null) return []
  return (state.byCarrierId.get(carrierMessageId) ?? [])
    .map(Notifications.parseKey)
    .filter(({ n, notificationId }) => {
      const row = state.notifications.get(notificationId)
      const marked = row && Notification.attemptAt(row.notification, n)?.firstMarkMs
      return (marked ?? 0) >= nowMs - Consequences.carrierIdWindowMs
    })
}

const matchOf = (
  state: State.State,
  { report }: State.InboxRow,
  nowMs: number
): Consequences.ReceiptMatch => {
  const key = report.reference === null ? undefined : state.byReference.get(report.reference)
  return Consequences.matchReceipt(
    key === undefined ? undefined : Notifications.parseKey(key),
    recentByCarrierId(state, report.carrierMessageId, nowMs)
  )
}

export const foldReceipts = (
  state: State.State,
  input: Deliveries.FoldReceipts,
  clockMs: number
): Deliveries.FoldedReceipts => {
  const context = { ...input.context, clockMs }
  let folded = 0
  let orphans = 0
  for (const key of state.unfolded) {
    if (folded >= input.limit) break
    state.unfolded.delete(key)
    const inbox = state.inbox.get(key)
    if (inbox === undefined) continue
    const match = matchOf(state, inbox, context.nowMs)
    const row =
      match._tag === "Matched" ? state.notifications.get(match.attempt.notificationId) : undefined
    if (match._tag === "Matched" && row !== undefined) {
      foldOne(state, row, match.attempt.n, inbox, context)
      folded++
      continue
    }
    orphans++
    if (match._tag === "Disagreement") disagree(state, inbox, context.nowMs)
    else keepOrphan(state, key, inbox)
  }
  if (folded + orphans > 0) {
    State.audit(state, "foldReceipts", context.nowMs, `${folded} folded, ${orphans} orphans`)
  }
  return { folded, orphans }
}

const foldOne = (
  state: State.State,
  row: State.NotificationState,
  n: number,
  inbox: State.InboxRow,
  context: Deliveries.FoldReceipts["context"]
): void => {
  inbox.state = "folded"
  State.monthOf(state, row.month).receipts++
  const attempt = Notification.attemptAt(row.notification, n)
  if (attempt === undefined) return
  for (const event of Consequences.receiptEvents(attempt, inbox.report)) {
    Notifications.apply(state, row, event, context)
  }
}

/** Held, and people are told: it is somebody else's message under one of our names. */
const disagree = (state: State.State, inbox: State.InboxRow, nowMs: number): void => {
  inbox.state = "held"
  const nobody = { customerId: null, month: null, notificationId: null }
  State.escalate(state, "RECEIPT_DISAGREES", nobody, nowMs)
}

/** Kept under both of its names until one of them appears. */
const keepOrphan = (state: State.State, key: string, inbox: State.InboxRow): void => {
  inbox.state = "orphan"
  const { carrierMessageId, reference } = inbox.report
  for (const name of [
    reference === null ? null : `reference ${reference}`,
    carrierMessageId === null ? null : `id ${carrierMessageId}`
  ]) {
    if (name === null) continue
    const waiting = state.orphans.get(name)
    if (waiting === undefined) state.orphans.set(name, new Set([key]))
    else waiting.add(key)
  }
}
