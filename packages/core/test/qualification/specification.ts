/**
 * The rule of the month as a person would check it with a calendar and a list of balances: sets of
 * dates written out, amounts as decimal texts. Shares no code with the rule modules, and no bit.
 *
 * **Source** — product rules, "Money and threshold" and "Days".
 */

/** One account's rows of a month, as texts: a date may have several. */
export interface StatedAccount {
  readonly primary: boolean
  readonly opened: string | undefined
  readonly closed: string | undefined
  readonly rows: ReadonlyArray<readonly [date: string, amount: string]>
  /** The last balance before the month. */
  readonly before: string | undefined
}

/** One customer's month. */
export interface StatedMonth {
  readonly dates: ReadonlyArray<string>
  /** Dates on which the bank closes no books. */
  readonly closedDates: ReadonlySet<string>
  readonly mode: "none" | "bank-days" | "always"
  readonly rule: "primaryAccount" | "anyAccount" | "sumOfAccounts"
  readonly threshold: string
  readonly accounts: ReadonlyArray<StatedAccount>
  readonly waived: ReadonlySet<string>
}

/** What is to be decided, and on which dates it rests. */
export interface Verdict {
  readonly code: "NOT_FULL_MONTH" | "BELOW_THRESHOLD" | "DATA_INCOMPLETE" | "MET_EVERY_DAY"
  readonly met: number
  readonly required: number
  readonly failing: ReadonlyArray<string>
  readonly missing: ReadonlyArray<string>
  readonly derived: ReadonlyArray<string>
  readonly conflicting: ReadonlyArray<string>
  /** The failing date with the lowest amount, the earliest of equals. */
  readonly worst: string | undefined
}

/** What is known of the dates of a month; a date in neither of the first two is missing. */
interface Days {
  readonly cents: Map<string, bigint>
  readonly derived: Set<string>
  readonly conflicting: Set<string>
}

const noDays = (): Days => ({ cents: new Map(), derived: new Set(), conflicting: new Set() })

const readTexts = new Map<string, bigint>()

/** A text of two decimals without its point. */
const centsOf = (text: string): bigint => {
  const known = readTexts.get(text)
  if (known !== undefined) return known
  const cents = BigInt(text.replace(".", ""))
  readTexts.set(text, cents)
  return cents
}

const daysOf = (month: StatedMonth, account: StatedAccount): Days => {
  const days = noDays()
  const stated = new Map<string, string>()
  for (const [date, amount] of account.rows) {
    const earlier = stated.get(date)
    if (earlier !== undefined && earlier !== amount) days.conflicting.add(date)
    stated.set(date, amount)
  }
  let last = account.before
  let isOfMonth = false
  for (const date of month.dates) {
    const amount = days.conflicting.has(date) ? undefined : stated.get(date)
    if (amount !== undefined) {
      last = amount
      isOfMonth = true
      days.cents.set(date, centsOf(amount))
      continue
    }
    // What was known before the month reaches to its first business day.
    const isBusinessDay = !month.closedDates.has(date)
    if (month.mode === "bank-days" && isBusinessDay && !isOfMonth) last = undefined
    if (days.conflicting.has(date)) continue
    const closed = month.mode === "bank-days" && !isBusinessDay
    if (last === undefined || !(closed || month.mode === "always")) continue
    days.cents.set(date, centsOf(last))
    days.derived.add(date)
  }
  return days
}

const verdictOf = (
  month: StatedMonth,
  days: Days,
  opened: string | undefined,
  closed: string | undefined
): Verdict => {
  const first = month.dates[0] ?? ""
  const last = month.dates.at(-1) ?? ""
  const required = month.dates.filter((date) => !month.waived.has(date))
  const threshold = centsOf(month.threshold)
  const failing: Array<string> = []
  const missing: Array<string> = []
  let met = 0
  for (const date of required) {
    const cents = days.cents.get(date)
    if (cents === undefined) missing.push(date)
    else if (cents < threshold) failing.push(date)
    else met++
  }
  const derived = required.filter((date) => days.derived.has(date))
  const conflicting = required.filter((date) => days.conflicting.has(date))
  let worst: string | undefined
  let lowest = threshold
  for (const date of failing) {
    const cents = days.cents.get(date) ?? lowest
    if (cents < lowest) [worst, lowest] = [date, cents]
  }
  const whole = (opened === undefined || opened <= first) && (closed === undefined || closed > last)
  const code = !whole
    ? "NOT_FULL_MONTH"
    : failing.length > 0
      ? "BELOW_THRESHOLD"
      : missing.length > 0
        ? "DATA_INCOMPLETE"
        : "MET_EVERY_DAY"
  return {
    code,
    met,
    required: required.length,
    failing: code === "BELOW_THRESHOLD" ? failing : [],
    missing: code === "BELOW_THRESHOLD" || code === "DATA_INCOMPLETE" ? missing : [],
    derived,
    conflicting,
    worst: code === "BELOW_THRESHOLD" ? worst : undefined
  }
}

const openOn = (account: StatedAccount, date: string): boolean =>
  !(account.opened !== undefined && date < account.opened) &&
  !(account.closed !== undefined && date >= account.closed)

const sumOf = (month: StatedMonth): Days => {
  const alone = month.accounts.map((account) => ({ account, days: daysOf(month, account) }))
  const sums = noDays()
  for (const date of month.dates) {
    const open = alone.filter(({ account }) => openOn(account, date)).map(({ days }) => days)
    if (open.some((days) => days.conflicting.has(date))) sums.conflicting.add(date)
    if (open.length === 0 || !open.every((days) => days.cents.has(date))) continue
    sums.cents.set(
      date,
      open.reduce((sum, days) => sum + (days.cents.get(date) ?? 0n), 0n)
    )
    if (open.some((days) => days.derived.has(date))) sums.derived.add(date)
  }
  return sums
}

/** The text that comes before all others, or after them; absent is before and after all. */
const outermost = (
  texts: ReadonlyArray<string | undefined>,
  isFurther: (text: string, found: string) => boolean
): string | undefined => {
  let found = texts[0]
  for (const text of texts) {
    if (found === undefined || text === undefined) return undefined
    if (isFurther(text, found)) found = text
  }
  return found
}

const best = ["MET_EVERY_DAY", "DATA_INCOMPLETE", "BELOW_THRESHOLD", "NOT_FULL_MONTH"]

/** The rule. `undefined`: no single account is named primary, so nobody can decide. */
export const specified = (month: StatedMonth): Verdict | undefined => {
  const alone = (account: StatedAccount) =>
    verdictOf(month, daysOf(month, account), account.opened, account.closed)
  if (month.rule === "sumOfAccounts") {
    const opened = outermost(
      month.accounts.map((account) => account.opened),
      (text, found) => text < found
    )
    const closed = outermost(
      month.accounts.map((account) => account.closed),
      (text, found) => text > found
    )
    return verdictOf(month, sumOf(month), opened, closed)
  }
  if (month.rule === "anyAccount") {
    const verdicts = month.accounts.map(alone)
    for (const code of best) {
      const found = verdicts.find((verdict) => verdict.code === code)
      if (found !== undefined) return found
    }
    return undefined
  }
  const primary = month.accounts.filter((account) => account.primary)
  const chosen = month.accounts.length === 1 ? month.accounts : primary
  const [only] = chosen
  return only === undefined || chosen.length > 1 ? undefined : alone(only)
}
