import { assert, describe, it } from "vitest"
import type * as Failure from "../../src/delivery/Failure.ts"
import * as FailureCodes from "../../src/delivery/FailureCodes.ts"

const read = (table: Failure.CodeTable, codes: string) =>
  codes.split(" ").map((code) => (Object.hasOwn(table, code) ? table[code] : undefined))

/** Every code of a table is listed once with its reading, and the table names no other. */
const isWhole = (
  table: Failure.CodeTable,
  lists: ReadonlyArray<readonly [codes: string, Failure.FailureCategory, string]>
) => {
  for (const [codes, category, disposition] of lists) {
    for (const [index, reading] of read(table, codes).entries()) {
      assert.deepStrictEqual<unknown>(reading, [category, disposition], codes.split(" ")[index])
    }
  }
  const listed = lists.flatMap(([codes]) => codes.split(" "))
  assert.sameMembers(Object.keys(table), listed)
}

describe("receipt words (SMPP 3.4 §5.2.28, Appendix B; original architecture §3.4)", () => {
  it("are read by one table, synonyms included", () => {
    const failures: ReadonlyArray<readonly [string, string, string]> = [
      ["EXPIRED", "expired", "Timeout retry"],
      ["DELETED", "failed", "Undeliverable permanent"],
      ["UNDELIV", "failed", "Undeliverable retry"],
      ["FAILED", "failed", "Undeliverable retry"],
      ["REJECTD", "rejected", "Undeliverable permanent"],
      ["SKIPPED", "failed", "Undeliverable permanent"]
    ]
    const others: ReadonlyArray<readonly [string, string, null]> = [
      ["DELIVRD", "delivered", null],
      ["UNKNOWN", "unknown", null],
      ...["ACCEPTD", "ACKED", "BUFFRED", "BUFFERD", "ENROUTE", "SCHEDULED", "SUBMITD"].map(
        (word) => [word, "enroute", null] as const
      )
    ]
    for (const [word, state, failure] of [...failures, ...others]) {
      const found = FailureCodes.stats[word]
      assert.strictEqual(found?.state, state, word)
      assert.strictEqual(found?.failure?.join(" ") ?? null, failure, word)
    }
    const words = [...failures, ...others].map(([word]) => word)
    assert.sameMembers(Object.keys(FailureCodes.stats), words)
  })

  it("stand for the octets of message_state in the order of SMPP 5.0 §4.7.15", () => {
    const words =
      "SCHEDULED ENROUTE DELIVRD EXPIRED DELETED UNDELIV ACCEPTD UNKNOWN REJECTD SKIPPED"
    assert.deepStrictEqual(FailureCodes.messageStates, words.split(" "))
  })
})

describe("tables of codes", () => {
  it("GSM and MAP errors (3GPP TS 29.002 §17.6.6)", () => {
    isWhole(FailureCodes.gsm, [
      ["1 9 12", "InvalidNumber", "permanent"],
      ["5 6 27 31 32", "Undeliverable", "retry"],
      ["11 13 21", "Undeliverable", "permanent"],
      ["34", "ProviderError", "retry"]
    ])
  })

  it("SMPP command_status of a submission (SMPP 3.4 §5.1.3)", () => {
    isWhole(FailureCodes.smppStatus, [
      ["B 50 51", "InvalidNumber", "permanent"],
      ["14 58", "QuotaExceeded", "wait"],
      ["4 5 8 45 64 FF", "ProviderError", "retry"],
      ["65 66 FE", "Undeliverable", "permanent"],
      ["1 2 3 A D E F 15 42 43 48 49 53 54 55 61 62 63 C0 C1 C2 C3 C4", "ProviderError", "fix"]
    ])
  })

  it("HTTP statuses of the default contract; what leaves the outcome open is unknown", () => {
    isWhole(FailureCodes.http, [
      ["400 401 403 413 422", "ProviderError", "fix"],
      ["402", "QuotaExceeded", "fix"],
      ["429", "QuotaExceeded", "wait"],
      ["408 504", "Timeout", "unknown"],
      ["500 502 503", "ProviderError", "unknown"]
    ])
  })

  it("leave a code nobody named to people", () => {
    assert.deepStrictEqual(FailureCodes.unnamed, ["ProviderError", "fix"])
  })
})

describe("FailureCodes.readReceipt", () => {
  it("keeps part and parts, and the code as it came", () => {
    assert.deepStrictEqual(FailureCodes.readReceipt("undeliv", "0027", FailureCodes.gsm, 2, 3), {
      state: "failed",
      part: 2,
      parts: 3,
      failure: { category: "Undeliverable", disposition: "retry", code: "0027" }
    })
  })

  it("reads a negative word without a code by the word, which is its code then", () => {
    const { failure } = FailureCodes.readReceipt("EXPIRED", null, FailureCodes.gsm)
    assert.deepStrictEqual(failure, { category: "Timeout", disposition: "retry", code: "EXPIRED" })
  })

  it("has no failure beside a word that is none, whatever the code", () => {
    assert.isNull(FailureCodes.readReceipt("DELIVRD", "1", FailureCodes.gsm).failure)
    assert.isNull(FailureCodes.readReceipt("UNKNOWN", "1", FailureCodes.gsm).failure)
  })

  it("knows no word of an object's own", () => {
    const odd = FailureCodes.readReceipt("toString", "1", FailureCodes.gsm)
    assert.deepStrictEqual(odd, { state: "unknown", part: 1, parts: null, failure: null })
  })
})
