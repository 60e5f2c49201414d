/**
 * When messages may be sent: hours per kind of day in the bank's zone. Outside them a message
 * waits.
 *
 * **Source** — product rules, Send window.
 */
import * as BankCalendar from "../calendar/BankCalendar.ts"
import type { MessageDay } from "../calendar/BankDay.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"

/** From `fromMinute` up to and without `toMinute`, minutes of the day 0 to 1440. */
export interface WindowHours {
  readonly fromMinute: number
  readonly toMinute: number
}

/** The hours of each kind of day; `null`: nothing is sent on such a day. */
export type SendWindowPolicy = Readonly<Record<MessageDay, WindowHours | null>>

/**
 * Sunday to Thursday 09:00–20:00, Fridays and holiday eves 09:00–13:00; closed on Shabbat, holidays
 * and national mourning days.
 *
 * **Source** — product rules, Send window.
 */
export const defaults: SendWindowPolicy = {
  ordinary: { fromMinute: 9 * 60, toMinute: 20 * 60 },
  short: { fromMinute: 9 * 60, toMinute: 13 * 60 },
  closed: null,
  mourning: null
}

/** What is wrong with the hours of a kind of day. */
export interface SendWindowProblem {
  readonly day: MessageDay | null
  readonly problem: "NOT_MINUTES" | "EMPTY" | "NEVER_OPEN"
}

const kinds: ReadonlyArray<MessageDay> = ["ordinary", "short", "closed", "mourning"]
const dayMinutes = 1440

/**
 * Checks the hours; `undefined` when they make a window.
 *
 * **Outcomes, first match wins** — per kind of day, ordinary first
 * 1. `NOT_MINUTES` — not whole minutes from 0 to 1440
 * 2. `EMPTY` — the end is not after the start
 * 3. `NEVER_OPEN` — no kind of day has hours
 *
 * **Source** — product rules, Send window.
 */
export const problem = (policy: SendWindowPolicy): SendWindowProblem | undefined => {
  let open = false
  for (const day of kinds) {
    const hours = policy[day]
    if (hours === null) continue
    if (!isMinute(hours.fromMinute) || !isMinute(hours.toMinute)) {
      return { day, problem: "NOT_MINUTES" }
    }
    if (hours.toMinute <= hours.fromMinute) return { day, problem: "EMPTY" }
    open = true
  }
  return open ? undefined : { day: null, problem: "NEVER_OPEN" }
}

const isMinute = (minute: number): boolean =>
  Number.isInteger(minute) && minute >= 0 && minute <= dayMinutes

/** Open until `closesMs`, or closed until `opensMs`; null: it does not open within 400 days. */
export type WindowState =
  | { readonly open: true; readonly closesMs: number }
  | { readonly open: false; readonly opensMs: number | null }

/** A calendar that opens no window for longer than this has none worth waiting for. */
const horizonDays = 400

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The window of one date in instants; undefined when it has none, or a clock change swallows it.
 */
const spanOf = (
  policy: SendWindowPolicy,
  calendar: BankCalendar.BankCalendar,
  zone: string,
  date: BusinessDate.BusinessDate
): Span | undefined => {
  const hours = policy[BankCalendar.messageDayAt(calendar, date)]
  if (hours === null) return undefined
  const fromMs = ZonedTime.instantMsAt(date, hours.fromMinute, zone)
  const toMs = ZonedTime.instantMsAt(date, hours.toMinute, zone)
  return fromMs < toMs ? { fromMs, toMs } : undefined
}

/**
 * Whether messages may be sent at an instant, and until when; or when they may again. Windows that
 * touch at midnight are one window.
 *
 * **Shapes and units** — `zone`: an IANA name the calendar accepts; instants in business time
 *
 * **Source** — product rules, Send window.
 */
export const stateAt = (
  policy: SendWindowPolicy,
  calendar: BankCalendar.BankCalendar,
  zone: string,
  nowMs: number
): WindowState => {
  const today = ZonedTime.businessDateAt(nowMs, zone)
  let closesMs: number | undefined
  for (let days = 0; days <= horizonDays; days++) {
    const span = spanOf(policy, calendar, zone, BusinessDate.addDays(today, days))
    if (closesMs !== undefined) {
      if (span?.fromMs !== closesMs) return { open: true, closesMs }
      closesMs = span.toMs
    } else if (span !== undefined && nowMs < span.toMs) {
      if (nowMs < span.fromMs) return { open: false, opensMs: span.fromMs }
      closesMs = span.toMs
    }
  }
  return closesMs === undefined ? { open: false, opensMs: null } : { open: true, closesMs }
}

/**
 * E: the close of the window on the `days`-th open day after the date of release. The date of
 * release itself does not count, so that a release in the evening loses nothing. A calendar with
 * fewer open days ends it after 400 days.
 *
 * **Source** — product rules, Send window ("five open-window days after release").
 */
export const expiryMs = (
  policy: SendWindowPolicy,
  calendar: BankCalendar.BankCalendar,
  zone: string,
  releaseMs: number,
  days: number
): number => {
  const released = ZonedTime.businessDateAt(releaseMs, zone)
  let left = days
  for (let ahead = 1; ahead <= horizonDays; ahead++) {
    const span = spanOf(policy, calendar, zone, BusinessDate.addDays(released, ahead))
    if (span === undefined) continue
    left--
    if (left <= 0) return span.toMs
  }
  return ZonedTime.instantMsAt(BusinessDate.addDays(released, horizonDays), dayMinutes, zone)
}
