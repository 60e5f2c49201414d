/**
 * The bank of a run: what its books hold, what its feed tells of them and when. The auditor reads
 * the books; the program only ever sees the feed.
 *
 * **Source** — fault list of the bank feed; product rules, Days.
 */
import type { CapturedRow } from "../../balance/ClosingBalance.ts"
import * as Seeded from "../Seeded.ts"
import * as Amounts from "./Amounts.ts"
import type { Era } from "./Era.ts"
import type { Person } from "./People.ts"
import { amount, spread, type FaultKind, strikes, type Strikes } from "./Strikes.ts"

type Mutable<A> = { -readonly [Key in keyof A]: A[Key] }
type FeedRow = Mutable<CapturedRow>

/** An amount the feed brings after the capture of its date. */
export interface Later {
  readonly atMs: number
  readonly customer: number
  /** Counted from the first day of the era. */
  readonly day: number
  /** In `Amounts.texts`. */
  readonly index: number
}

/** What is not as usual about one customer's day. */
interface Odd {
  /** The capture of the date brought no balance for it. */
  hidden: boolean
  readonly later: Array<Later>
}

export interface Books {
  readonly era: Era
  readonly people: ReadonlyArray<Person>
  readonly firstDay: number
  readonly days: number
  /** By `month * customers + customer`: days on which the balance is too low, bit 0 is day 1. */
  readonly low: Int32Array
  /** By `month * customers + customer`. */
  readonly draws: Int32Array
  readonly odd: Map<number, Odd>
  /** By `month * customers + customer`: 1 where there is something odd. */
  readonly isOdd: Uint8Array
  /** By day: when its balances are told; Infinity when never. */
  readonly toldMs: Float64Array
}

const dayMs = 86_400_000
const hourMs = 3_600_000

/** A habit is kept for a month: most people are always above, some slip on one day. */
const lowDays = (draw: number): number => {
  const habit = draw & 15
  if (habit < 9) return 0
  if (habit < 12) return 1 << ((draw >>> 8) % 31)
  if (habit < 14) return (draw >>> 4) & (draw >>> 1) & 0x7fffffff
  return habit === 14 ? 0x7fffffff : 7
}

/** The books of a seed. */
export const ofSeed = (seed: number, era: Era, people: ReadonlyArray<Person>): Books => {
  const site = Seeded.site(seed, "balances")
  const count = people.length
  const low = new Int32Array(era.months.length * count)
  const draws = new Int32Array(era.months.length * count)
  for (let month = 0; month < era.months.length; month++) {
    for (let customer = 0; customer < count; customer++) {
      const draw = Seeded.at(site, customer, month)
      draws[month * count + customer] = draw
      low[month * count + customer] = lowDays(draw)
    }
  }
  const firstDay = era.months[0]?.firstDay ?? 0
  const last = era.months.at(-1)
  const days = (last?.firstDay ?? 0) + (last?.days ?? 0) - firstDay
  return {
    era,
    people,
    firstDay,
    days,
    low,
    draws,
    odd: new Map(),
    isOdd: new Uint8Array(era.months.length * count),
    toldMs: new Float64Array(days).fill(Infinity)
  }
}

/** The text of a customer's balance of a day of a month, as an index of `Amounts.texts`. */
export const amountAt = (books: Books, customer: number, month: number, bit: number): number => {
  const at = month * books.people.length + customer
  const isLow = ((books.low[at] ?? 0) & bit) !== 0
  const n = ((books.draws[at] ?? 0) + Math.imul(bit, 0x9e3779b1)) >>> 25
  return isLow ? Amounts.half + n : n
}

/** The key of a customer's day in `odd`. */
export const oddKey = (customer: number, day: number): number => customer * 1024 + day

const oddAt = (books: Books, customer: number, month: number, day: number): Odd => {
  books.isOdd[month * books.people.length + customer] = 1
  const key = oddKey(customer, day)
  let odd = books.odd.get(key)
  if (odd === undefined) books.odd.set(key, (odd = { hidden: false, later: [] }))
  return odd
}

/** When the balances of a date are told: at night, late, or never. */
export const plan = (books: Books, all: Strikes): void => {
  for (let day = 0; day < books.days; day++) {
    let atMs = (books.firstDay + day + 1) * dayMs + hourMs / 2
    if (strikes(all, "day late")) atMs += spread(all, "day late", 200) * hourMs
    books.toldMs[day] = strikes(all, "day empty") ? Infinity : atMs
  }
}

const hiding: ReadonlyArray<FaultKind> = [
  "row missing",
  "row late",
  "row malformed",
  "row in another currency",
  "row of another date",
  "row of another kind",
  "rows in conflict"
]

/** Every so often a page is given row by row though nothing about it is odd. */
const wholeEvery = 4

/**
 * The page of a date as the feed gives it at its capture, and what it will bring of it later.
 * `null`: an ordinary page, which has `amountAt` of everybody.
 */
export const page = (
  books: Books,
  all: Strikes,
  month: number,
  bit: number,
  day: number
): { readonly rows: ReadonlyArray<FeedRow> | null; readonly later: ReadonlyArray<Later> } => {
  const { people } = books
  const count = people.length
  const rowsOf = (): Array<FeedRow> => freshRows(books, month, bit)
  const later: Array<Later> = []
  let given: Array<FeedRow> | undefined
  for (const kind of hiding) {
    if (!strikes(all, kind)) continue
    const customer = amount(all, kind, count)
    const odd = oddAt(books, customer, month, day)
    if (odd.hidden) continue
    odd.hidden = true
    given ??= rowsOf()
    spoil(given, people[customer]?.accountId ?? "", kind)
    const index = amountAt(books, customer, month, bit)
    if (kind !== "row late" && amount(all, kind, 3) > 0) continue
    later.push({ atMs: laterMs(books, all, kind, day), customer, day, index })
  }
  for (const kind of ["row repeated", "row of an unknown account"] as const) {
    if (!strikes(all, kind)) continue
    given ??= rowsOf()
    const row = given[amount(all, kind, given.length)]
    if (row !== undefined) given.push(kind === "row repeated" ? row : { ...row, accountId: "x" })
  }
  if (strikes(all, "balance corrected")) {
    const customer = amount(all, "balance corrected", count)
    const index = amount(all, "balance corrected", 2 * Amounts.half * 7) % (2 * Amounts.half)
    later.push({ atMs: laterMs(books, all, "balance corrected", day), customer, day, index })
  }
  if (given === undefined && day % wholeEvery === 0) given = rowsOf()
  if (later.length > 1) later.sort((left, right) => left.atMs - right.atMs)
  for (const one of later) oddAt(books, one.customer, month, day).later.push(one)
  return { rows: given ?? null, later }
}

const freshRows = (books: Books, month: number, bit: number): Array<FeedRow> => {
  const businessDate = books.era.months[month]?.dates[31 - Math.clz32(bit)] ?? ""
  return books.people.map(({ accountId }, customer) => ({
    accountId,
    businessDate,
    minorUnits: Amounts.minorUnits[amountAt(books, customer, month, bit)] ?? 0n,
    currency: "ILS",
    kind: "closingBooked"
  }))
}

/** After the capture, within forty days; sooner is likelier. */
const laterMs = (books: Books, all: Strikes, kind: FaultKind, day: number): number =>
  (books.toldMs[day] ?? 0) + spread(all, kind, 960) * hourMs + 7 * 60_000

/** Takes a row away or makes it unusable. */
const spoil = (given: Array<FeedRow>, accountId: string, kind: FaultKind): void => {
  const at = given.findIndex((row) => row.accountId === accountId)
  const row = given[at]
  if (row === undefined) return
  if (kind === "row missing" || kind === "row late") given.splice(at, 1)
  else if (kind === "row malformed") row.minorUnits = Amounts.malformed
  else if (kind === "row in another currency") row.currency = "USD"
  else if (kind === "row of another date") row.businessDate = "2020-02-29"
  else if (kind === "row of another kind") row.kind = "expected"
  else given.push({ ...row, minorUnits: 1n })
}
