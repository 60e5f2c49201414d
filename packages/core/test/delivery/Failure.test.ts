import { assert, describe, it } from "vitest"
import * as Failure from "../../src/delivery/Failure.ts"
import * as FailureCodes from "../../src/delivery/FailureCodes.ts"
import { failure } from "./carriers.ts"

describe("SMPP 3.4 §5.2.28 and Appendix B, receipt words", () => {
  const words: ReadonlyArray<readonly [string, string, string | undefined]> = [
    ["DELIVRD", "delivered", undefined],
    ["EXPIRED", "expired", "Timeout retry"],
    ["DELETED", "failed", "Undeliverable permanent"],
    ["UNDELIV", "failed", "Undeliverable retry"],
    ["FAILED", "failed", "Undeliverable retry"],
    ["ACCEPTD", "enroute", undefined],
    ["BUFFERD", "enroute", undefined],
    ["UNKNOWN", "unknown", undefined],
    ["REJECTD", "rejected", "Undeliverable permanent"],
    ["ENROUTE", "enroute", undefined],
    ["SKIPPED", "failed", "Undeliverable permanent"],
    ["no such word", "unknown", undefined],
    ["constructor", "unknown", undefined],
    [" delivrd ", "delivered", undefined]
  ]
  for (const [word, state, reading] of words) {
    it(`${word} → ${state}${reading === undefined ? "" : `, ${reading}`}`, () => {
      const receipt = FailureCodes.readReceipt(word, null, FailureCodes.gsm)
      assert.strictEqual(receipt.state, state)
      const found = receipt.failure
      assert.strictEqual(
        found === null ? undefined : `${found.category} ${found.disposition}`,
        reading
      )
      assert.deepInclude(receipt, { part: 1, parts: null })
    })
  }

  it("names every message_state by a word that is read", () => {
    assert.strictEqual(FailureCodes.messageStates.length, 10)
    for (const word of FailureCodes.messageStates) assert.property(FailureCodes.stats, word)
    assert.strictEqual(FailureCodes.messageStates[2], "DELIVRD")
  })
})

describe("error codes", () => {
  it("decide over the word where the table names them, and are kept as they came", () => {
    const receipt = FailureCodes.readReceipt("UNDELIV", "001", FailureCodes.gsm, 2, 3)
    assert.deepStrictEqual(receipt, {
      state: "failed",
      part: 2,
      parts: 3,
      failure: { category: "InvalidNumber", disposition: "permanent", code: "001" }
    })
    const other = FailureCodes.readReceipt("UNDELIV", "999", FailureCodes.gsm).failure
    assert.deepStrictEqual(other, failure({ code: "999" }))
  })

  const codes: ReadonlyArray<readonly [string, Failure.CodeTable, string, string]> = [
    ["GSM 27 absent", FailureCodes.gsm, "27", "Undeliverable retry"],
    ["GSM 34 system failure", FailureCodes.gsm, "34", "ProviderError retry"],
    ["ESME_RINVDSTADR", FailureCodes.smppStatus, "0000000B", "InvalidNumber permanent"],
    ["ESME_RTHROTTLED", FailureCodes.smppStatus, "00000058", "QuotaExceeded wait"],
    ["ESME_RINVPASWD", FailureCodes.smppStatus, "e", "ProviderError fix"],
    ["HTTP 402", FailureCodes.http, "402", "QuotaExceeded fix"],
    ["HTTP 429", FailureCodes.http, "429", "QuotaExceeded wait"],
    ["HTTP 504", FailureCodes.http, "504", "Timeout unknown"],
    ["a code nobody named", FailureCodes.http, "418", "ProviderError fix"],
    ["a name of Object.prototype", FailureCodes.http, "toString", "ProviderError fix"]
  ]
  for (const [name, table, code, reading] of codes) {
    it(`${name} → ${reading}`, () => {
      const found = Failure.read(table, code, FailureCodes.unnamed)
      assert.strictEqual(`${found.category} ${found.disposition}`, reading)
      assert.strictEqual(found.code, code)
    })
  }

  it("are one code with or without leading zeros and spaces, in either case", () => {
    assert.deepStrictEqual(["0", "000", " 0fE ", "10"].map(Failure.normaliseCode), [
      "0",
      "0",
      "FE",
      "10"
    ])
  })
})

describe("failures", () => {
  it("that time may cure are retryable, the others are not", () => {
    const retryable = (["permanent", "retry", "wait", "fix", "unknown"] as const).filter(
      (disposition) => Failure.isRetryable(failure({ disposition }))
    )
    assert.deepStrictEqual(retryable, ["retry", "wait"])
  })

  it("of one message: the one that forbids more wins", () => {
    const order = (["wait", "retry", "unknown", "fix", "permanent"] as const).map((disposition) =>
      failure({ disposition })
    )
    for (let i = 1; i < order.length; i++) {
      const [milder, stricter] = [order[i - 1] ?? null, order[i] ?? null]
      assert.strictEqual(Failure.worse(milder, stricter), stricter)
    }
    assert.strictEqual(Failure.worse(null, failure({ code: "x" }))?.code, "x")
    assert.strictEqual(Failure.worse(failure({ code: "x" }), null)?.code, "x")
  })

  // Caught: the other of two that forbid the same; a second receipt taken for news.
  it("of one message that forbid the same: the first by category, then by code", () => {
    const failure = (category: Failure.FailureCategory, code: string): Failure.Failure => {
      return { category, disposition: "retry", code }
    }
    const first = failure("Timeout", "2")
    const sameAgain = failure("Timeout", "2")
    assert.strictEqual(Failure.worse(first, sameAgain), first)
    for (const later of [failure("Timeout", "3"), failure("Undeliverable", "1")]) {
      assert.strictEqual(Failure.worse(first, later), first)
      assert.strictEqual(Failure.worse(later, first), first)
    }
  })

  // Caught: receipts whose carrier is not heard; one read as another although it says all.
  it("of a receipt are the carrier's own where it says something", () => {
    const said: Failure.Failure = { category: "Timeout", disposition: "wait", code: "7" }
    const failed = { state: "failed", part: 1, parts: null, failure: said } as const
    assert.strictEqual(Failure.readReceipt(failed), failed)
    const enroute = { state: "enroute", part: 1, parts: null, failure: null } as const
    assert.strictEqual(Failure.readReceipt(enroute), enroute)
    const silent = (state: "expired" | "rejected" | "failed") =>
      Failure.readReceipt({ state, part: 1, parts: null, failure: null }).failure
    assert.deepStrictEqual(
      [silent("expired"), silent("rejected"), silent("failed")],
      [
        { category: "Timeout", disposition: "retry", code: "EXPIRED" },
        { category: "Undeliverable", disposition: "permanent", code: "REJECTED" },
        { category: "Undeliverable", disposition: "retry", code: "FAILED" }
      ]
    )
  })

  it("of a receipt are read off its state where the carrier says nothing", () => {
    const read = (state: "expired" | "rejected" | "failed" | "enroute") =>
      Failure.readReceipt({ state, part: 1, parts: null, failure: null }).failure
    assert.deepStrictEqual(read("expired"), {
      category: "Timeout",
      disposition: "retry",
      code: "EXPIRED"
    })
    assert.strictEqual(read("rejected")?.disposition, "permanent")
    assert.strictEqual(read("failed")?.disposition, "retry")
    assert.strictEqual(read("enroute"), null)
    const odd = { state: "delivered", part: 1, parts: null, failure: failure() } as const
    assert.strictEqual(Failure.readReceipt(odd).failure, null)
  })
})
