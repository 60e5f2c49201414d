import * as SqlErrors from "effect/sql/SqlError"
import { assert, describe, it } from "vitest"
import { classifyError } from "../src/classifyError.ts"

/** An error as the client builds it from the server's fields. */
const fromServer = (code: string, message = "said the server") =>
  new SqlErrors.SqlError({
    reason: new SqlErrors.UnknownError({
      cause: Object.assign(new Error(message), { code, constraint: "a_key", table: "attempt" }),
      message,
      operation: "execute"
    })
  })

const lost = new SqlErrors.SqlError({
  reason: new SqlErrors.ConnectionError({
    cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
    message: "lost",
    operation: "execute"
  })
})

// SQLSTATE codes: PostgreSQL manual, appendix A.
const table: ReadonlyArray<readonly [code: string, reason: string, retryable: boolean]> = [
  ["40001", "Conflict", true],
  ["40P01", "Conflict", true],
  ["55P03", "Conflict", true],
  ["23505", "Conflict", true],
  ["57014", "Timeout", true],
  ["25P03", "Timeout", true],
  ["57P01", "Unavailable", true],
  ["57P03", "Unavailable", true],
  ["08006", "Unavailable", true],
  ["53300", "Unavailable", true],
  ["28P01", "Unavailable", true],
  ["53100", "ReadOnly", false],
  ["25006", "ReadOnly", false],
  ["42P01", "SchemaMismatch", false],
  ["42501", "SchemaMismatch", false],
  ["23514", "SchemaMismatch", false],
  ["XX001", "Corrupt", false],
  ["22003", "Corrupt", false]
]

describe("an error of the database", () => {
  for (const [code, reason, retryable] of table) {
    it(`SQLSTATE ${code} is ${reason}`, () => {
      const error = classifyError(fromServer(code))
      assert.strictEqual(error.reason, reason)
      assert.strictEqual(error.isRetryable, retryable)
      assert.include(error.detail, code)
    })
  }

  it("a lost connection is Unavailable while working", () => {
    assert.strictEqual(classifyError(lost).reason, "Unavailable")
  })

  it("a connection lost, or a server shut down, during COMMIT leaves its outcome unknown", () => {
    assert.strictEqual(classifyError(lost, "commit").reason, "CommitUnknown")
    assert.strictEqual(classifyError(fromServer("57P01"), "commit").reason, "CommitUnknown")
    assert.strictEqual(classifyError(fromServer("08006"), "commit").reason, "CommitUnknown")
  })

  it("what the server refuses at COMMIT has not happened", () => {
    assert.strictEqual(classifyError(fromServer("40001"), "commit").reason, "Conflict")
    assert.strictEqual(classifyError(fromServer("53100"), "commit").reason, "ReadOnly")
  })

  it("a message that may quote a row's values is left out, its names are kept", () => {
    const { detail } = classifyError(fromServer("23505", "Key (phone)=(+972501234567) exists"))
    assert.notInclude(detail, "972501234567")
    assert.include(detail, "a_key")
    assert.include(detail, "attempt")
  })
})
