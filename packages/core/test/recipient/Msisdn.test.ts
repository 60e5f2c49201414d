import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { assert, describe, it } from "vitest"
import * as Msisdn from "../../src/recipient/Msisdn.ts"

const folder =
  process.env["TIDEMARK_TEST_DATA"] ?? resolve(import.meta.dirname, "../../../../../shared/data")
const file = resolve(folder, "phones.json")

type Row = {
  readonly input: string
  readonly region: string | null
  readonly expected_e164: string | null
  readonly valid: boolean
  readonly expected_types: ReadonlyArray<string> | null
  readonly category: string
}

describe("Msisdn.check on numbers of every country's plan", () => {
  const rows: ReadonlyArray<Row> = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8")).numbers
    : []
  const binding = rows.filter((row) => row.category !== "policy-lenient")
  if (rows.length === 0) console.warn(`${file} not found: 557 number checks not run`)

  it("agrees with libphonenumber on validity, form and type", () => {
    const differing = binding.filter((row) => {
      const check = Msisdn.check(row.input, row.region)
      return !(
        check.valid === row.valid &&
        check.e164 === row.expected_e164 &&
        (check.type === null
          ? row.expected_types === null
          : row.expected_types?.includes(check.type))
      )
    })
    assert.deepStrictEqual(differing, [])
    assert.strictEqual(binding.length, rows.length === 0 ? 0 : 557)
  })

  it("refuses what the library lets through by guessing", () => {
    for (const row of rows.filter(({ category }) => category === "policy-lenient")) {
      assert.strictEqual(Msisdn.check(row.input, row.region).reason, "INVALID")
    }
  })
})

describe("Msisdn.check", () => {
  // Product rules, Recipient: only lines that take short messages are reachable.
  // Caught: any text before the number, a second plus sign, one word behind it only, 65 characters.
  const LINES: ReadonlyArray<readonly [string, string | null, string | null, string | null]> = [
    ["050-234-5678", "IL", "MOBILE", null],
    ["+1 202 555 0123", null, "FIXED_LINE_OR_MOBILE", null],
    ["03-6023456", "IL", "FIXED_LINE", "LANDLINE"],
    ["072-2345678", "IL", "VOIP", "VOIP"],
    ["1-800-123-456", "IL", "TOLL_FREE", "TOLL_FREE"],
    ["1-700-123-456", "IL", "SHARED_COST", "SHARED_COST"],
    ["1-919-123-456", "IL", "PREMIUM_RATE", "PREMIUM_RATE"],
    ["151-23456789", "IL", "VOICEMAIL", "VOICEMAIL"],
    ["070 1234 5678", "GB", "PERSONAL_NUMBER", "PERSONAL_NUMBER"],
    ["076 4012 3456", "GB", "PAGER", "PAGER"],
    ["03 7012 3456", "GB", null, "INVALID"],
    ["0370 123 4567", "GB", "UAN", "UAN"],
    ["", "IL", null, "NO_PHONE"],
    [" \u200f\u00a0 ", "IL", null, "NO_PHONE"],
    ["0501234", "IL", null, "INVALID"],
    ["050-234-5678", null, null, "INVALID"],
    ["050-234-5678", "ZZ", null, "INVALID"],
    ["0502345678'; DROP TABLE", "IL", null, "INVALID"],
    ["050-2345678 / 052-2345678", "IL", null, "INVALID"],
    ["/0502345678", "IL", null, "INVALID"],
    ["0502345678;phone-context=+972", "IL", null, "INVALID"],
    ["050 tel 2345678", "IL", null, "INVALID"],
    ["TEL 050-2345678", "IL", "MOBILE", null],
    ["050-2345678 my  mobile.", "IL", "MOBILE", null],
    [`050-2345678 ${"x".repeat(52)}`, "IL", "MOBILE", null],
    [`050-2345678 ${"x".repeat(53)}`, "IL", null, "INVALID"],
    [`050-2345678 ${"נייד ".repeat(20)}`, "IL", null, "INVALID"]
  ]
  for (const [text, region, type, reason] of LINES) {
    it(`reads ${JSON.stringify(text.slice(0, 30))} in ${region} as ${type ?? reason}`, () => {
      const check = Msisdn.check(text, region)
      assert.deepStrictEqual([check.type, check.reason], [type, reason])
      assert.strictEqual(check.valid, type !== null)
      assert.strictEqual(check.e164 === null, type === null)
      assert.strictEqual(check.reachable, reason === null)
    })
  }

  it("has exactly the public shape", () => {
    assert.deepStrictEqual(Object.keys(Msisdn.check("050-234-5678", "IL")), [
      "e164",
      "type",
      "valid",
      "reachable",
      "reason"
    ])
  })

  it("reads a number copied from a Hebrew page, marks and all", () => {
    assert.strictEqual(
      Msisdn.check("\u202b\u200f050\u2011234\u200b5678\u202c\ufeff", "IL").e164,
      "+972502345678"
    )
  })
})

describe("Msisdn.fromE164", () => {
  for (const text of ["+972502345678", "+1234567", "+123456789012345"]) {
    it(`takes ${text} back`, () => assert.strictEqual(Msisdn.fromE164(text), text))
  }
  for (const text of [
    "972502345678",
    "+0502345678",
    "+123456",
    "+1234567890123456",
    "+97250 2",
    "0+972502345678"
  ]) {
    it(`refuses ${text}`, () => assert.isUndefined(Msisdn.fromE164(text)))
  }
})

describe("Msisdn ranges and masks", () => {
  const number = (text: string) => {
    const msisdn = Msisdn.fromE164(text)
    assert.isDefined(msisdn)
    return msisdn
  }

  it("flags a number in a kosher range, and only there", () => {
    assert.isTrue(Msisdn.isKosher(number("+972504123456")))
    assert.isFalse(Msisdn.isKosher(number("+972502345678")))
    assert.isTrue(Msisdn.isKosher(number("+972502345678"), ["+9725023"]))
  })

  it("shows four characters before and two after the stars", () => {
    assert.strictEqual(Msisdn.mask(number("+972502345678")), "+972*******78")
    assert.strictEqual(Msisdn.mask(number("+1234567")), "+123**67")
  })
})
