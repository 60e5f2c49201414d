/**
 * Plain sentences for a complaint call: short, dated, to be read aloud. They hold no phone, name or
 * text of a message.
 */
import type { CustomerMonth } from "@tidemark/core/effect"
import { CalendarMonth, type Currency, MonthDays, Money } from "@tidemark/core/rules"

/** What is known of the policy the month was decided by. */
export interface AppliedPolicy {
  readonly threshold: bigint
  readonly currency: Currency.Currency
}

const daysOf = (count: number): string => (count === 1 ? "1 day" : `${count} days`)

/** The decision in one sentence. */
export const decisionOf = (known: CustomerMonth, applied: AppliedPolicy | undefined): string => {
  const { decision, month } = known
  if (decision === null) return "Not decided yet."
  const all = MonthDays.allDays(CalendarMonth.days(month))
  const counted = all & ~decision.waived
  const met = MonthDays.count(decision.met & counted)
  const of = `${met} of ${MonthDays.count(counted)} days`
  const line =
    applied === undefined
      ? "the threshold"
      : `${Money.formatGrouped(applied.threshold, applied.currency)} ${applied.currency}`
  const excluded =
    decision.waived === 0 ? "" : ` ${daysOf(MonthDays.count(decision.waived))} excluded.`
  switch (decision.outcome) {
    case "Qualified":
      return `Qualified: at or above ${line} on every day, ${of}.${excluded}`
    case "Undetermined":
      return `Could not be decided: balances are missing. At or above ${line} on ${of}.${excluded}`
    case "NotQualified":
      return decision.reasons[0]?.code === "NOT_FULL_MONTH"
        ? "Did not qualify: not a customer for the whole month."
        : `Did not qualify: below ${line} ${onDays(known)}; at or above it on ${of}.${excluded}`
  }
}

/** Dates while they can be followed by ear, then only how many. */
const onDays = ({ decision, month }: CustomerMonth): string => {
  const [reason] = decision?.reasons ?? []
  const dates = reason?.dates ?? []
  if (dates.length <= 3) return `on ${MonthDays.formatRanges(dates)}`
  const below = CalendarMonth.dates(month).filter((date) =>
    dates.some(({ from, to }) => from <= date && date <= to)
  )
  return `on ${daysOf(below.length)}`
}

const unreachable: Readonly<Record<string, string>> = {
  NO_PHONE: "the bank has no phone number",
  INVALID: "the phone number is not a valid one",
  LANDLINE: "the phone number is a landline",
  VOIP: "the phone number cannot receive an SMS",
  KOSHER: "the phone takes no SMS, and the bank leaves such phones out"
}

const suppressed: Readonly<Record<string, string>> = {
  OPTED_OUT: "the customer asked for no messages",
  CARRIER_BLOCKED: "the carrier has blocked the number",
  COMPLAINT: "the customer complained about messages",
  OPERATOR: "the bank has stopped messages to the customer",
  CONSENT_UNKNOWN: "the bank knows of no consent",
  DECEASED: "the bank has excluded the customer",
  LEGAL_HOLD: "the bank has excluded the customer",
  ERASED: "the customer's data was erased",
  FLAGGED: "the bank has flagged the customer"
}

const failed: Readonly<Record<string, string>> = {
  EXHAUSTED: "every attempt failed",
  PERMANENT: "the carrier says that this number receives no SMS from us",
  UNPROVEN: "the carrier gave a reason nobody knows, and it is not sent again",
  PARTIAL: "only a part of it arrived",
  EXPIRED: "it became too late for a further attempt",
  CLOSED: "two people at the bank closed it",
  FIX: "something must be put right at the bank or the carrier first",
  BARRED: "a further attempt was no longer allowed",
  LATE_FAILURE: "the carrier reported so after 72 hours"
}

/** What became of the message, in one sentence; `local` writes an instant in the bank's zone. */
export const messageOf = (known: CustomerMonth, local: (instantMs: number) => string): string => {
  if (known.notification === null) return noMessage(known)
  const { attempts, reason, state } = known.notification.notification
  switch (state) {
    case "held":
      return "The message waits until the bank releases the month."
    case "active":
      return "The message is on its way."
    case "waiting":
      return "The last attempt failed; the message will be sent once more."
    case "escalated":
      return "Nobody can say whether the message arrived: two people at the bank must decide."
    case "delivered": {
      const receipt = known.receipts.find((one) => one.state === "delivered")
      const when =
        receipt === undefined ? "" : `; the carrier told us at ${local(receipt.receivedMs)}`
      return `The message was delivered to the phone${when}.`
    }
    case "failed":
      return `The message could not be delivered: ${wordOf(failed, reason)}.`
    case "undeliverable":
      return "The carrier took the message and never said whether it arrived. It is not sent again."
    case "suppressed":
      return `No message: ${wordOf(suppressed, reason)}.`
    case "withdrawn":
      return "No message: the month was decided again before it was sent."
    case "expired":
      return attempts.length === 0
        ? "No message: the month was released too late to send it."
        : "No message: it could not be sent in time, and is never sent late."
  }
}

const noMessage = ({ decision }: CustomerMonth): string => {
  if (decision === null) return "No message yet."
  if (decision.outcome !== "Qualified") return "No message: the customer did not qualify."
  const { reach } = decision
  switch (reach?._tag) {
    case "Unreachable":
      return `No message: ${wordOf(unreachable, reach.reason)}.`
    case "Excluded":
      return `No message: ${wordOf(suppressed, reach.reason)}.`
    case "Unrenderable":
      return `No message: no text that fits could be made (${reach.reason}).`
    case "Reachable":
    case undefined:
      return "No message yet."
  }
}

const wordOf = (words: Readonly<Record<string, string>>, code: string | null): string =>
  words[code ?? ""] ?? `for the reason ${code ?? "that was not kept"}`
