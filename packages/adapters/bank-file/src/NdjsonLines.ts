/**
 * Takes lines of NDJSON apart; numbers keep the text they were written with.
 *
 * Guarantees that no amount passes through a JavaScript number: `0.1` and `15000.00` arrive as
 * they stand in the file.
 */

/** The fields of one line, as text; `undefined` where the field is absent or `null`. */
export interface NdjsonFields {
  readonly date: string | undefined
  readonly account: string | undefined
  readonly amount: string | undefined
  readonly currency: string | undefined
}

/** What a JSON reviver is told beside key and value, since ES2026. */
interface ReviverContext {
  readonly source?: string
}

const keepNumberText = (_: string, value: unknown, context?: ReviverContext): unknown =>
  typeof value === "number" ? (context?.source ?? value) : value

const parsed = (line: string): unknown => {
  try {
    // The reviver is slow and only needed where a field is a number.
    const value: unknown = JSON.parse(line)
    const numeric =
      isRecord(value) &&
      (typeof value["closing_balance"] === "number" || typeof value["account_id"] === "number")
    return numeric ? JSON.parse(line, keepNumberText) : value
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/**
 * The balance fields of a line.
 *
 * **Outcomes** — the fields; `undefined` when the line is not a JSON object.
 */
export const read = (line: string): NdjsonFields | undefined => {
  const value = parsed(line)
  if (!isRecord(value)) return undefined
  return {
    date: text(value["date"]),
    account: text(value["account_id"]),
    amount: text(value["closing_balance"]),
    currency: text(value["currency"])
  }
}
