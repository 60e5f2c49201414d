/**
 * Turns what the database says into the store port's one error. Nothing else in this package
 * builds a `ProgramStoreError` from a foreign error.
 *
 * **Source** — ports, ProgramStore: a failed verb changed nothing, except `CommitUnknown`.
 */
import { ProgramStoreError } from "./Core.ts"
import type { SqlError } from "effect/sql/SqlError"

/** Where in its transaction a verb was when the error came. */
export type Phase = "work" | "commit"

type Reason = ProgramStoreError["reason"]

/** Exact SQLSTATE codes that mean something to the caller (PostgreSQL manual, appendix A). */
const byCode: Readonly<Record<string, Reason>> = {
  "25006": "ReadOnly", // read_only_sql_transaction: a standby, or a database set read-only
  "53100": "ReadOnly", // disk_full
  "40001": "Conflict", // serialization_failure
  "40P01": "Conflict", // deadlock_detected
  "55P03": "Conflict", // lock_not_available
  "23505": "Conflict", // unique_violation: two workers inserted the same key
  "57014": "Timeout", // query_canceled, which statement_timeout raises too
  "25P03": "Timeout", // idle_in_transaction_session_timeout
  "42501": "SchemaMismatch", // insufficient_privilege: grants belong to the schema
  "42P01": "SchemaMismatch", // undefined_table
  "42703": "SchemaMismatch", // undefined_column
  "3F000": "SchemaMismatch", // invalid_schema_name
  "23514": "SchemaMismatch" // check_violation, which a missing partition raises too
}

/** SQLSTATE classes, for the codes above do not name. */
const byClass: Readonly<Record<string, Reason>> = {
  "08": "Unavailable", // connection exception
  "28": "Unavailable", // invalid authorization: a rotated password comes back
  "3D": "Unavailable", // no such database
  "53": "Unavailable", // insufficient resources
  "57": "Unavailable", // operator intervention: shutdown, crash, cannot connect now
  "58": "Unavailable", // system error outside PostgreSQL
  "42": "SchemaMismatch", // syntax error or access rule violation
  XX: "Corrupt" // internal error, data corrupted, index corrupted
}

/** By the client's own reading, where the server sent no code. */
const byTag: Readonly<Record<string, Reason>> = {
  ConnectionError: "Unavailable",
  AuthenticationError: "Unavailable",
  AuthorizationError: "SchemaMismatch",
  SqlSyntaxError: "SchemaMismatch",
  UniqueViolation: "Conflict",
  SerializationError: "Conflict",
  DeadlockError: "Conflict",
  LockTimeoutError: "Conflict",
  StatementTimeoutError: "Timeout"
}

/**
 * The port's error for an error of the SQL client.
 *
 * **Outcomes**, first match: `CommitUnknown` where the connection was lost, or the server was
 * shutting down, while COMMIT was under way; the exact SQLSTATE; its class; the client's own tag;
 * else `Corrupt`, which nobody retries.
 *
 * The detail names the SQLSTATE, constraint and table, never a value: PostgreSQL puts values into
 * messages and details.
 */
export const classifyError = (error: SqlError, phase: Phase = "work"): ProgramStoreError => {
  const code = sqlState(error.reason.cause)
  const reason = reasonOf(error.reason._tag, code)
  const lost = reason === "Unavailable" && (code === undefined || /^(08|57)/.test(code))
  return new ProgramStoreError({
    reason: phase === "commit" && lost ? "CommitUnknown" : reason,
    detail: describe(error, code),
    cause: error
  })
}

/** A row with the same key is there already. */
export const isDuplicate = (error: SqlError): boolean => sqlState(error.reason.cause) === "23505"

const reasonOf = (tag: string, code: string | undefined): Reason =>
  (code === undefined ? undefined : (byCode[code] ?? byClass[code.slice(0, 2)])) ??
  byTag[tag] ??
  "Corrupt"

const describe = (error: SqlError, code: string | undefined): string => {
  const cause = error.reason.cause
  const table = fieldOf(cause, "table")
  const constraint = fieldOf(cause, "constraint")
  return [
    error.reason._tag,
    code === undefined ? undefined : `SQLSTATE ${code}`,
    table === undefined ? undefined : `table ${table}`,
    constraint === undefined ? undefined : `constraint ${constraint}`,
    code !== undefined && privateMessage.test(code) ? undefined : fieldOf(cause, "message")
  ]
    .filter((part) => part !== undefined)
    .join(", ")
}

/** Classes whose messages may quote a row's values: data exceptions and integrity violations. */
const privateMessage = /^(22|23|P0)/

/** Node's own errors have a `code` too, such as `ECONNREFUSED`; a SQLSTATE has five characters. */
const sqlState = (cause: unknown): string | undefined => {
  const code = fieldOf(cause, "code")
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

const fieldOf = (cause: unknown, name: string): string | undefined => {
  if (typeof cause !== "object" || cause === null || !(name in cause)) return undefined
  const value: unknown = Reflect.get(cause, name)
  return typeof value === "string" && value !== "" ? value : undefined
}
