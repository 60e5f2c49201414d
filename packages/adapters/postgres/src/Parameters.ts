/**
 * Typed parameters. Arrays always name their element type: an inferred one fails on an empty page,
 * on nothing but nulls and on numbers of mixed size.
 */
import { PgTypes } from "@effect/sql-pg"
import * as Result from "effect/Result"

const array = (oid: number) => (values: ReadonlyArray<unknown>) =>
  Result.getOrThrow(PgTypes.array(values, oid))

export const texts: (values: ReadonlyArray<string | null>) => PgTypes.Parameter = array(
  PgTypes.OID.text
)
export const bigints: (values: ReadonlyArray<bigint | null>) => PgTypes.Parameter = array(
  PgTypes.OID.int8
)
export const integers: (values: ReadonlyArray<number | null>) => PgTypes.Parameter = array(
  PgTypes.OID.int4
)
export const booleans: (values: ReadonlyArray<boolean>) => PgTypes.Parameter = array(
  PgTypes.OID.bool
)
export const dates: (values: ReadonlyArray<string | null>) => PgTypes.Parameter = array(
  PgTypes.OID.date
)
/** Epoch milliseconds. */
export const instants: (values: ReadonlyArray<number | null>) => PgTypes.Parameter = array(
  PgTypes.OID.timestamptz
)
export const bytes: (values: ReadonlyArray<Uint8Array | null>) => PgTypes.Parameter = array(
  PgTypes.OID.bytea
)

export const text: (value: string | null) => PgTypes.Parameter = PgTypes.text
export const bigint: (value: bigint | null) => PgTypes.Parameter = PgTypes.int8
export const integer: (value: number | null) => PgTypes.Parameter = PgTypes.int4
export const date: (value: string | null) => PgTypes.Parameter = PgTypes.date
/** Epoch milliseconds. */
export const instant: (value: number | null) => PgTypes.Parameter = PgTypes.timestamptz
/** Milliseconds of a duration, for `* interval '1 millisecond'`. */
export const millis: (value: number) => PgTypes.Parameter = PgTypes.float8

/** A PostgreSQL array literal: arrays of arrays cannot be unnested row by row, their texts can. */
export const literal = (values: ReadonlyArray<string>): string => {
  let text = "{"
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? ""
    const quoted = /["\\]/.test(value) ? value.replace(/["\\]/g, "\\$&") : value
    text += `${i === 0 ? "" : ","}"${quoted}"`
  }
  return `${text}}`
}

/** A decoded `timestamptz` as epoch milliseconds. */
export const ms = (value: Date): number => value.getTime()

/** The same where the column is empty. */
export const msOrNull = (value: Date | null): number | null =>
  value === null ? null : value.getTime()
