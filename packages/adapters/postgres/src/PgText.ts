/**
 * PostgreSQL values as text, both ways: what the host's own `pg` client is given and what it gives
 * back, decoded exactly as the wire client of the other transports decodes it.
 *
 * Reading is set per query, so that the parsers a host has registered for itself are neither used
 * nor touched. Expects `datestyle` ISO, `timezone` UTC and `bytea_output` hex.
 *
 * **Source** — PostgreSQL manual, Data Types (date/time output, bytea hex format, array input and
 * output syntax).
 */
import { PgTypes } from "@effect/sql-pg"
import { Instant } from "@tidemark/core/rules"
import * as DateTime from "effect/DateTime"

const { OID } = PgTypes

const names: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(OID).map(([name, oid]) => [
    oid,
    name.endsWith("Array") ? `${name.slice(0, -"Array".length)}[]` : name
  ])
)

const int32Limit = 2 ** 31

/**
 * The placeholder of a value with its type: without one the server would guess, and guess
 * differently from the wire client, which always names it. Plain text stays untyped in both.
 */
export const placeholder = (index: number, value: unknown): string => {
  const type = typeOf(value)
  return type === undefined ? `$${index}` : `$${index}::${type}`
}

const typeOf = (value: unknown): string | undefined => {
  if (typeof value === "boolean") return "bool"
  if (typeof value === "bigint") return "int8"
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) return "float8"
    return value >= -int32Limit && value < int32Limit ? "int4" : "int8"
  }
  if (PgTypes.isParameter(value)) return names[value.oid]
  if (value instanceof Uint8Array) return "bytea"
  return value instanceof Date ? "timestamptz" : undefined
}

/** A value as the client takes it: text, bytes, or `null`. */
export const encode = (value: unknown): string | Buffer | null => {
  if (PgTypes.isParameter(value)) return encodeTyped(value.value, value.oid)
  if (value === undefined || value === null) return null
  if (value instanceof Uint8Array) return bufferOf(value)
  return textOf(value)
}

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value
  if (value instanceof Date) return Instant.toIso(value.getTime())
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return String(value)
  }
  throw new TypeError("a parameter that has no text")
}

const bufferOf = ({ buffer, byteLength, byteOffset }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

const encodeTyped = (value: unknown, oid: number): string | Buffer | null => {
  if (value === null || value === undefined) return null
  const isInstant = oid === OID.timestamptz || oid === OID.timestamp
  if (isInstant && typeof value === "number") return Instant.toIso(value)
  if (oid === OID.json || oid === OID.jsonb) return JSON.stringify(value)
  if (!Array.isArray(value)) return encode(value)
  const ofInstants = oid === OID.timestamptzArray || oid === OID.timestampArray
  return encodeArray(value, ofInstants)
}

/** One dimension; elements quoted wherever their text is not plain. */
const encodeArray = (values: ReadonlyArray<unknown>, ofInstants: boolean): string => {
  let text = "{"
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (i > 0) text += ","
    if (value === null || value === undefined) text += "NULL"
    else if (typeof value === "bigint" || typeof value === "boolean") text += String(value)
    else if (typeof value === "number") text += ofInstants ? quoted(Instant.toIso(value)) : value
    else text += quoted(elementText(value))
  }
  return `${text}}`
}

const elementText = (value: unknown): string =>
  value instanceof Uint8Array ? `\\x${bufferOf(value).toString("hex")}` : textOf(value)

const quoted = (text: string): string =>
  `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`

type Parser = (text: string) => unknown

const asText: Parser = (text) => text
const asBytes: Parser = (text) => Uint8Array.from(Buffer.from(text.slice(2), "hex"))
const asBoolean: Parser = (text) => text === "t"

const instant = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00(?::00)?)?$/

/** Microseconds are cut off, as the wire client does. */
const asInstant: Parser = (text) => {
  const found = instant.exec(text)
  if (found === null) throw new TypeError("an instant that is not in UTC, or not finite")
  const [, year, month, day, hour, minute, second, fraction = "0"] = found
  const ms = Number(fraction.slice(0, 3).padEnd(3, "0"))
  return DateTime.toDateUtc(
    DateTime.makeUnsafe(
      Date.UTC(
        Number(year),
        Number(month) - 1,
        Number(day),
        Number(hour),
        Number(minute),
        Number(second),
        ms
      )
    )
  )
}

const scalars = new Map<number, Parser>([
  [OID.bool, asBoolean],
  [OID.bytea, asBytes],
  [OID.int8, BigInt],
  [OID.int2, Number],
  [OID.int4, Number],
  [OID.oid, Number],
  [OID.float4, Number],
  [OID.float8, Number],
  [OID.timestamp, asInstant],
  [OID.timestamptz, asInstant],
  [OID.json, JSON.parse],
  [OID.jsonb, JSON.parse]
])

const arrays = new Map<number, Parser>(
  Object.entries(OID)
    .filter(([name]) => !name.endsWith("Array"))
    .flatMap(([, oid]): ReadonlyArray<[number, Parser]> => {
      const array = PgTypes.arrayOidFor(oid)
      const element = scalars.get(oid) ?? asText
      return array === undefined ? [] : [[array, (text) => decodeArray(text, element)]]
    })
)

/** The reader of a column by the object id of its type; unknown types stay text. */
export const parserOf = (oid: number): Parser => scalars.get(oid) ?? arrays.get(oid) ?? asText

/** The `types` of a `pg` query. */
export const types = { getTypeParser: parserOf }

/** A one-dimensional array's text, such as `{1,NULL,"a \"b\""}`. */
const decodeArray = (text: string, element: Parser): ReadonlyArray<unknown> => {
  const values: Array<unknown> = []
  let at = 1
  while (at < text.length - 1) {
    if (text[at] === '"') {
      let value = ""
      for (at++; text[at] !== '"'; at++) {
        if (text[at] === "\\") at++
        value += text[at] ?? ""
      }
      at++
      values.push(element(value))
    } else {
      const comma = text.indexOf(",", at)
      const end = comma === -1 ? text.length - 1 : comma
      const value = text.slice(at, end)
      values.push(value === "NULL" ? null : element(value))
      at = end
    }
    at++
  }
  return values
}
