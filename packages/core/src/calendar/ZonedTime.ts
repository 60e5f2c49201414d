/**
 * The bank's wall clock: which business date and minute an instant falls on, and back.
 *
 * Guarantees that only the zone given counts, never the process zone. Instants are epoch
 * milliseconds; zones are IANA names that `isZone` accepted (another name is a broken invariant
 * and `Intl` says so). Offsets are cached by zone and day, by hour where a clock changes, so a
 * batch of instants costs a map look-up each.
 */
import * as BusinessDate from "./BusinessDate.ts"

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** Names that tz data renamed and that some `Intl` still list only under the older name. */
const renamedZones: ReadonlyArray<string> = (
  "UTC Etc/UTC Etc/GMT GMT Asia/Kolkata Asia/Kathmandu Asia/Yangon Asia/Ho_Chi_Minh " +
  "Europe/Kyiv Atlantic/Faroe Africa/Asmara America/Argentina/Buenos_Aires America/Nuuk " +
  "Pacific/Pohnpei Pacific/Chuuk Pacific/Kanton"
).split(" ")

interface Zone {
  readonly formatter: Intl.DateTimeFormat
  /** Day of the epoch to offset, only for days that begin and end with the same. */
  readonly daysMs: Map<number, number>
  /** Hour of the epoch to offset, only for hours inside which the offset does not change. */
  readonly hoursMs: Map<number, number>
}

/** A zone remembers so many days or hours, and then begins again. */
const mostKnown = 10_000

const zones = new Map<string, Zone>()
let validZones: ReadonlySet<string> | undefined

/**
 * Whether the text names a zone: a canonical IANA name that `Intl` lists, `UTC`, or a current
 * name that `Intl` still lists under an older one. Case counts.
 *
 * **Source** — product rules, "Days": zones are explicit.
 */
export const isZone = (text: string): boolean => {
  validZones ??= new Set([...Intl.supportedValuesOf("timeZone"), ...renamedZones])
  return validZones.has(text)
}

const zoneOf = (zone: string): Zone => {
  const known = zones.get(zone)
  if (known !== undefined) return known
  const formatter = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric"
  })
  const made = { formatter, daysMs: new Map<number, number>(), hoursMs: new Map<number, number>() }
  zones.set(zone, made)
  return made
}

const readOffsetMs = (zone: Zone, instantMs: number): number => {
  const wall: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of zone.formatter.formatToParts(instantMs)) wall[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = wall
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second)
  return wallMs - Math.floor(instantMs / 1000) * 1000
}

/** The offset all through a step of time, kept; `undefined` where it changes inside. */
const steadyMs = (
  zone: Zone,
  known: Map<number, number>,
  instantMs: number,
  stepMs: number
): number | undefined => {
  const step = Math.floor(instantMs / stepMs)
  const cached = known.get(step)
  if (cached !== undefined) return cached
  const from = readOffsetMs(zone, step * stepMs)
  if (from !== readOffsetMs(zone, (step + 1) * stepMs)) return undefined
  if (known.size >= mostKnown) known.clear()
  known.set(step, from)
  return from
}

/** Offset of the zone's wall clock from UTC at an instant, positive east of Greenwich. */
const offsetMs = (instantMs: number, zoneName: string): number => {
  const zone = zoneOf(zoneName)
  return (
    steadyMs(zone, zone.daysMs, instantMs, dayMs) ??
    steadyMs(zone, zone.hoursMs, instantMs, hourMs) ??
    readOffsetMs(zone, instantMs)
  )
}

/**
 * The business date on which an instant falls in the zone.
 *
 * **Source** — product rules, "Days": business date = bank-local plain date.
 */
export const businessDateAt = (instantMs: number, zone: string): BusinessDate.BusinessDate =>
  BusinessDate.fromEpochDay(Math.floor((instantMs + offsetMs(instantMs, zone)) / dayMs))

/** The wall clock's minute of the day at an instant: 0 to 1439. */
export const minuteOfDayAt = (instantMs: number, zone: string): number => {
  const wallMs = instantMs + offsetMs(instantMs, zone)
  return Math.floor((wallMs - Math.floor(wallMs / dayMs) * dayMs) / minuteMs)
}

/**
 * The instant at which the zone's wall clock shows a minute of a date.
 *
 * **Shapes and units** — `minuteOfDay` 0 to 1440; 1440 is the start of the next date.
 *
 * **Outcomes, first match wins**
 * 1. shown twice (the clock was put back) — the first of the two
 * 2. shown once — that instant
 * 3. never shown (the clock was put forward) — the first instant after the gap
 *
 * **Source** — product rules, "Days" and "Send window".
 */
export const instantMsAt = (
  date: BusinessDate.BusinessDate,
  minuteOfDay: number,
  zone: string
): number => {
  const wallMs = BusinessDate.toEpochDay(date) * dayMs + minuteOfDay * minuteMs
  const before = offsetMs(wallMs - dayMs, zone)
  const after = offsetMs(wallMs + dayMs, zone)
  // The larger offset gives the earlier instant, so the first of a repeated hour is tried first.
  const early = wallMs - Math.max(before, after)
  const late = wallMs - Math.min(before, after)
  if (early + offsetMs(early, zone) === wallMs) return early
  if (late + offsetMs(late, zone) === wallMs) return late
  return firstInstantAfterGap(early, late, zone)
}

/** The instant in (`beforeMs`, `afterMs`] at which the offset changes. */
const firstInstantAfterGap = (beforeMs: number, afterMs: number, zone: string): number => {
  const offsetBefore = offsetMs(beforeMs, zone)
  let low = beforeMs
  let high = afterMs
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetMs(middle, zone) === offsetBefore) low = middle
    else high = middle
  }
  return high
}
