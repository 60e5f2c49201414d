/**
 * What a campaign of simulated years adds up to, range of seeds by range of seeds: ranges are lived
 * by several processes, each writes one line, and the lines are summed.
 */
import { appendFileSync, readFileSync } from "node:fs"
import * as Schema from "effect/Schema"

/** Totals of a range of seeds. */
export const Totals = Schema.Struct({
  level: Schema.Literals([1, 2]),
  first: Schema.Int,
  seeds: Schema.Int,
  years: Schema.Number,
  customerMonths: Schema.Int,
  faults: Schema.Int,
  accepted: Schema.Int,
  /** Seeds that violated something. */
  failing: Schema.Array(Schema.Int),
  cpuSeconds: Schema.Number,
  /** How often each kind of fault struck. */
  kinds: Schema.Record(Schema.String, Schema.Int),
  /** How often each row of the delivery tables was taken. */
  rows: Schema.Record(Schema.String, Schema.Int)
})
export type Totals = typeof Totals.Type

/** Adds the counts of one map to those of another. */
export const addCounts = (
  counts: Record<string, number>,
  more: Iterable<readonly [string, number]>
): void => {
  for (const [name, count] of more) counts[name] = (counts[name] ?? 0) + count
}

/** Appends a range to a file of ranges. */
export const record = (file: string, totals: Totals): void =>
  appendFileSync(file, `${JSON.stringify(totals)}\n`)

const added = (left: Totals, right: Totals): Totals => {
  const kinds = { ...left.kinds }
  const rows = { ...left.rows }
  addCounts(kinds, Object.entries(right.kinds))
  addCounts(rows, Object.entries(right.rows))
  return {
    level: left.level,
    first: Math.min(left.first, right.first),
    seeds: left.seeds + right.seeds,
    years: left.years + right.years,
    customerMonths: left.customerMonths + right.customerMonths,
    faults: left.faults + right.faults,
    accepted: left.accepted + right.accepted,
    failing: [...left.failing, ...right.failing],
    cpuSeconds: left.cpuSeconds + right.cpuSeconds,
    kinds,
    rows
  }
}

/** The sum of all ranges in a file, which must be of one level and share no seed. */
export const sumOf = (file: string): Totals => {
  const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Totals))
  const ranges = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => decode(line))
    .toSorted((left, right) => left.first - right.first)
  ranges.reduce((past, { first, level, seeds }) => {
    if (first < past || level !== ranges[0]?.level) {
      throw new Error(`${file}: seeds counted twice, or two levels, at seed ${first}`)
    }
    return first + seeds
  }, 0)
  return ranges.reduce((left, right) => added(left, right))
}

/** So many seeds take every row of the tables. */
const takesRows = 150

/** So many seeds meet every kind of fault; level 2 draws its 240 kinds by the call they strike. */
const meetsKinds = { 1: 150, 2: 1000 } as const

/** What a campaign should have met and did not; nothing is asked of a few seeds. */
export const unmet = (
  { kinds, level, rows, seeds }: Totals,
  expected: { readonly kinds: ReadonlyArray<string>; readonly rows: ReadonlyArray<string> }
): ReadonlyArray<string> => [
  ...(seeds < meetsKinds[level] ? [] : expected.kinds.filter((name) => !kinds[name])),
  ...(seeds < takesRows ? [] : expected.rows.filter((name) => !rows[name]))
]

/** The figures in one line. */
export const line = (totals: Totals): string => {
  const { accepted, cpuSeconds, customerMonths, failing, faults, kinds, years } = totals
  return (
    `${years.toFixed(0)} years, ${customerMonths} customer-months, ${faults} faults of ` +
    `${Object.values(kinds).filter((count) => count > 0).length} kinds ` +
    `(${(faults / years).toFixed(0)} a year), ${accepted} messages accepted; ` +
    `${failing.length} seeds violated something; ` +
    `${cpuSeconds.toFixed(1)} s of CPU, ${Math.round(customerMonths / cpuSeconds)} ` +
    `customer-months/s`
  )
}
