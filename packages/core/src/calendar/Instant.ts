/**
 * Instants as people and JSON read them. Inside the rules an instant is epoch milliseconds.
 */
import * as BusinessDate from "./BusinessDate.ts"

const dayMs = 86_400_000

const two = (value: number): string => String(value).padStart(2, "0")

/**
 * An instant as ISO 8601 in UTC with milliseconds: `2026-09-01T06:00:00.000Z`.
 *
 * **Source** — ISO 8601-1; RFC 3339.
 */
export const toIso = (instantMs: number): string => {
  const epochDay = Math.floor(instantMs / dayMs)
  const ms = instantMs - epochDay * dayMs
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor(ms / 60_000) % 60
  const seconds = Math.floor(ms / 1000) % 60
  const time = `${two(hours)}:${two(minutes)}:${two(seconds)}`
  return `${BusinessDate.fromEpochDay(epochDay)}T${time}.${String(ms % 1000).padStart(3, "0")}Z`
}
