/**
 * A bank as a pure function: accounts and closing balances computed from a seed, so that a million
 * customers need no table. No I/O, clock or shared randomness.
 *
 * Balances exist for business days only; every story of a month (a keeper, a single bad day, an
 * overdraft, a dip before the weekend) is there to be told apart by the rules.
 *
 * **Source** — product rules, "Days", "Money and threshold"; fault list, bank feed.
 */
import * as BankCalendar from "../calendar/BankCalendar.ts"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as Script from "./SandboxScript.ts"
import * as Seeded from "./Seeded.ts"

/** What a bank sandbox is made of. */
export interface BankOptions {
  readonly seed: number
  /** How many customers there ever are; ids sort as their numbers do. At most 9,999,999. */
  readonly customers: number
  /** The months in which accounts may be opened and closed; other months have none of either. */
  readonly months: ReadonlyArray<CalendarMonth.CalendarMonth>
  readonly calendar: BankCalendar.BankCalendar
  readonly zone: string
  readonly thresholdMinor: number
  readonly currency: string
  readonly script: Script.BankScript
  /** Customers per page. */
  readonly pageSize: number
}

/** Five hundred customers of a bank in Israel, and no faults. */
export const defaults: Omit<BankOptions, "months"> = {
  seed: 1,
  customers: 500,
  calendar: BankCalendar.israel(),
  zone: "Asia/Jerusalem",
  thresholdMinor: 1_500_000,
  currency: "ILS",
  script: [],
  pageSize: 1000
}

/**
 * The story of one customer's month, with its share in thousandths of all customers. The first two
 * qualify; `exact` has exactly the threshold on one day.
 */
export const stories = [
  { story: "keeper", share: 560 },
  { story: "exact", share: 60 },
  { story: "oneBadDay", share: 90 },
  { story: "dipBeforeClosedDay", share: 30 },
  { story: "overdraft", share: 60 },
  { story: "below", share: 160 },
  { story: "drained", share: 40 }
] as const
export type Story = (typeof stories)[number]["story"]

/** The bank: its options, the sites of its choices, and what is worth computing once per month. */
export interface Bank {
  readonly options: BankOptions
  readonly sites: Readonly<Record<"story" | "day" | "amount" | "account" | "person", number>>
  readonly days: Map<string, MonthDays>
  readonly totals: Map<string, { readonly count: number; readonly sumMinor: bigint }>
  readonly counters: Script.Counters
}

/** A month as the stories see it. */
interface MonthDays {
  /** Business dates whose balance concerns this month alone. */
  readonly own: ReadonlyArray<BusinessDate.BusinessDate>
  /** The place of each own date. */
  readonly place: ReadonlyMap<string, number>
  /** Places of own dates that a closed day follows. */
  readonly beforeClosed: ReadonlyArray<number>
}

/** A bank that has been asked nothing yet. */
export const make = (options: BankOptions): Bank => ({
  options,
  sites: {
    story: Seeded.site(options.seed, "story"),
    day: Seeded.site(options.seed, "day"),
    amount: Seeded.site(options.seed, "amount"),
    account: Seeded.site(options.seed, "account"),
    person: Seeded.site(options.seed, "person")
  },
  days: new Map(),
  totals: new Map(),
  counters: Script.counters()
})

const digits = (index: number): string => String(index + 1).padStart(7, "0")

/** `C-0000001` for index 0. */
export const customerId = (index: number): string => `C-${digits(index)}`

/** `A-0000001-1`: the primary account is 1, a second one 2. */
export const accountId = (index: number, account: 1 | 2): string => `A-${digits(index)}-${account}`

/** The index of a customer id; `undefined` for an id this bank never gave. */
export const indexOf = (bank: Bank, id: string): number | undefined => {
  if (!/^C-[0-9]{7}$/.test(id)) return undefined
  const index = Number(id.slice(2)) - 1
  return index >= 0 && index < bank.options.customers ? index : undefined
}

const monthNumber = (month: CalendarMonth.CalendarMonth): number =>
  Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7))

/** Most customers live the same month again and again; one in eight lives each month anew. */
export const storyOf = (bank: Bank, index: number, month: CalendarMonth.CalendarMonth): Story => {
  const anew = Seeded.at(bank.sites.story, index, 1) % 8 === 0
  const draw = Seeded.below(1000, bank.sites.story, index, anew ? monthNumber(month) : 0)
  let sum = 0
  for (const { story, share } of stories) {
    sum += share
    if (draw < sum) return story
  }
  return "keeper"
}

/** How long the primary account is open: `null` where the program has always known it. */
export interface AccountLife {
  readonly openedOn: BusinessDate.BusinessDate | null
  readonly closedOn: BusinessDate.BusinessDate | null
}

const always: AccountLife = { openedOn: null, closedOn: null }

/** One account in fifty is opened and one in fifty closed in the middle of one of the months. */
export const lifeOf = (bank: Bank, index: number): AccountLife => {
  const { months } = bank.options
  const draw = Seeded.below(100, bank.sites.account, index)
  const month = months[Seeded.below(months.length, bank.sites.account, index, 1)]
  if (draw > 3 || month === undefined) return always
  const date = CalendarMonth.dateAt(month, 2 + Seeded.below(26, bank.sites.account, index, 2))
  return draw < 2 ? { openedOn: date, closedOn: null } : { openedOn: null, closedOn: date }
}

/** One customer in eight has a second, smaller account, which never counts by default. */
export const hasSecondAccount = (bank: Bank, index: number): boolean =>
  Seeded.at(bank.sites.account, index, 3) % 8 === 0

/** Whether the primary account is open on a date. It has no balance on the day it is closed. */
export const isOpen = (life: AccountLife, date: BusinessDate.BusinessDate): boolean =>
  (life.openedOn === null || date >= life.openedOn) &&
  (life.closedOn === null || date < life.closedOn)

/** The closed days after this business day reach into the next month, which carries its balance. */
const carriesOver = (bank: Bank, date: BusinessDate.BusinessDate): boolean => {
  const month = CalendarMonth.of(date)
  const first = CalendarMonth.first(CalendarMonth.next(month))
  if (BankCalendar.isBusinessDay(bank.options.calendar, first)) return false
  return BankCalendar.previousBusinessDay(bank.options.calendar, first) === date
}

const daysOf = (bank: Bank, month: CalendarMonth.CalendarMonth): MonthDays => {
  const known = bank.days.get(month)
  if (known !== undefined) return known
  const { calendar } = bank.options
  const own = CalendarMonth.dates(month).filter(
    (date) => BankCalendar.isBusinessDay(calendar, date) && !carriesOver(bank, date)
  )
  const beforeClosed: Array<number> = []
  own.forEach((date, place) => {
    const closed = !BankCalendar.isBusinessDay(calendar, BusinessDate.addDays(date, 1))
    if (closed) beforeClosed.push(place)
  })
  const days = { own, place: new Map(own.map((date, place) => [date, place])), beforeClosed }
  bank.days.set(month, days)
  return days
}

const isBelow = (story: Story, place: number, chosen: number): boolean => {
  switch (story) {
    case "below":
      return true
    case "oneBadDay":
    case "dipBeforeClosedDay":
      return place === chosen
    case "overdraft":
      return place >= chosen && place < chosen + 3
    case "drained":
      return place >= chosen
    case "keeper":
    case "exact":
      return false
  }
}

/**
 * The true closing balance of the primary account at the end of a business day, in minor units.
 * Does not ask whether the account is open or the day a business day.
 */
export const balanceMinor = (
  bank: Bank,
  index: number,
  date: BusinessDate.BusinessDate
): number => {
  const { sites, options } = bank
  const { thresholdMinor } = options
  const month = CalendarMonth.of(date)
  const day = BusinessDate.toEpochDay(date)
  const story = storyOf(bank, index, month)
  const days = daysOf(bank, month)
  const place = days.place.get(date)
  const wobble = Seeded.below(200_000, sites.amount, index, day)
  const good = thresholdMinor + 100 + Seeded.below(4 * thresholdMinor, sites.amount, index) + wobble
  if (place === undefined) {
    // A balance that the next month inherits must not spoil a month it is not the story of.
    const next = storyOf(bank, index, CalendarMonth.next(month))
    return story === "below" && next === "below" ? lowMinor(bank, index, day) : good
  }
  const chosen = chosenPlace(bank, index, month, story, days)
  if (story === "exact" && place === chosen) return thresholdMinor
  if (!isBelow(story, place, chosen)) return good
  if (story === "overdraft") return -1 - Seeded.below(500_000, sites.amount, index, day)
  if (story === "oneBadDay" && Seeded.at(sites.day, index, day) % 3 === 0) return thresholdMinor - 1
  return lowMinor(bank, index, day)
}

const lowMinor = (bank: Bank, index: number, day: number): number =>
  Seeded.below(bank.options.thresholdMinor - 1, bank.sites.amount, index, day + 1)

const chosenPlace = (
  bank: Bank,
  index: number,
  month: CalendarMonth.CalendarMonth,
  story: Story,
  days: MonthDays
): number => {
  const number = monthNumber(month)
  if (story === "dipBeforeClosedDay" && days.beforeClosed.length > 0) {
    const which = Seeded.below(days.beforeClosed.length, bank.sites.day, index, number)
    return days.beforeClosed[which] ?? 0
  }
  return Seeded.below(days.own.length, bank.sites.day, index, number)
}

/** The balance of a second account: never near the threshold. */
export const secondBalanceMinor = (
  bank: Bank,
  index: number,
  date: BusinessDate.BusinessDate
): number =>
  Seeded.below(
    Math.floor(bank.options.thresholdMinor / 4),
    bank.sites.amount,
    -1 - index,
    BusinessDate.toEpochDay(date)
  )
