import { assert, describe, it } from "vitest"
import * as classifyError from "../src/classifyError.ts"

describe("classifyError", () => {
  describe("Retry-After (RFC 9110 section 10.2.3)", () => {
    const nowMs = Date.parse("2026-10-05T09:00:00Z")
    const most = 3_600_000
    for (const [header, expected] of [
      [null, null],
      ["0", 0],
      ["7", 7000],
      [" 120 ", 120_000],
      ["999999999999", most],
      ["Mon, 05 Oct 2026 09:00:30 GMT", 30_000],
      ["Mon, 05 Oct 2026 08:59:00 GMT", 0],
      ["Tue, 06 Oct 2026 09:00:00 GMT", most],
      ["-5", null],
      ["1.5", null],
      ["soon", null],
      ["2026-10-05T09:00:30Z", null]
    ] as const) {
      it(`reads ${JSON.stringify(header)} as ${expected} ms`, () => {
        assert.strictEqual(classifyError.retryAfterMs(header, nowMs, most), expected)
      })
    }
  })

  describe("codes of the default contract", () => {
    for (const [code, category, disposition] of [
      ["INVALID_NUMBER", "InvalidNumber", "permanent"],
      ["BLOCKED", "Undeliverable", "permanent"],
      ["NO_CREDIT", "QuotaExceeded", "fix"],
      ["SENDER_NOT_ALLOWED", "ProviderError", "fix"],
      ["NEVER_HEARD_OF", "ProviderError", "fix"]
    ] as const) {
      it(`reads the refusal ${code} as ${category}, ${disposition}`, () => {
        assert.deepStrictEqual(classifyError.refusal(code), { category, disposition, code })
      })
    }

    for (const [state, code, expected] of [
      ["delivered", null, null],
      ["enroute", "BUSY", null],
      ["unknown", null, null],
      ["expired", null, "Timeout/retry"],
      ["failed", null, "Undeliverable/permanent"],
      ["failed", "ABSENT_SUBSCRIBER", "Undeliverable/retry"],
      ["failed", "UNKNOWN_SUBSCRIBER", "InvalidNumber/permanent"],
      ["rejected", null, "Undeliverable/permanent"],
      ["rejected", "NO_CREDIT", "QuotaExceeded/fix"]
    ] as const) {
      it(`reads the receipt ${state} ${code ?? "without a code"} as ${expected}`, () => {
        const failure = classifyError.receiptFailure(state, code)
        const read = failure === null ? null : `${failure.category}/${failure.disposition}`
        assert.strictEqual(read, expected)
      })
    }
  })

  it("names a connection's error by its code, and never by its text", () => {
    const coded = Object.assign(new Error("to +972527000001"), { code: "ECONNRESET" })
    const lost = (error: unknown) =>
      classifyError.readError({ _tag: "Lost", cause: { _tag: "Failed", error } }, 0, 0)
    assert.strictEqual(lost(coded).code, "ECONNRESET")
    assert.strictEqual(lost(new Error("to +972527000001")).code, "CONNECTION_FAILED")
    assert.notInclude(lost(coded).message, "972")
  })
})
