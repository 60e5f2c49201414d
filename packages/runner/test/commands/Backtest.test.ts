import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "vitest"
import { inFolder, lines, tidemark } from "./Tidemark.ts"

const header = "date,account_id,closing_balance"

/** April 2023 of one account at exactly the threshold, every calendar day. */
const april = (account: string, amount = "15000.00") =>
  Array.from(
    { length: 30 },
    (_, day) => `2023-04-${String(day + 1).padStart(2, "0")},${account},${amount}`
  )
const feed = (...rows: ReadonlyArray<string>) => [header, ...rows, ""].join("\n")

const month = {
  month: "2023-04",
  days: 30,
  population: 1,
  fullMonth: 1,
  qualified: 1,
  notQualified: 0,
  undetermined: 0,
  reasons: { MET_EVERY_DAY: 1 }
}
const undetermined = {
  ...month,
  qualified: 0,
  undetermined: 1,
  reasons: { DATA_INCOMPLETE: 1 }
}

const run = (cwd: string, ...more: ReadonlyArray<string>) =>
  tidemark(["backtest", "--json", "--carry-forward", "none", "--feed", ...more], { cwd })

describe("tidemark backtest", () => {
  it("decides months as JSON lines, from plain and compressed files alike", () =>
    inFolder(async (folder, write) => {
      write("feed.csv", feed(...april("A")))
      write("feed.csv.gz", gzipSync(feed(...april("A"))))
      const [plain, compressed] = await Promise.all([
        run(folder, "feed.csv"),
        run(folder, "feed.csv.gz", "--list")
      ])
      assert.deepStrictEqual([plain.code, plain.err], [0, ""])
      assert.deepStrictEqual(lines(plain.out), [month])
      assert.deepStrictEqual(lines(compressed.out), [{ ...month, qualifiedCustomers: ["A"] }])
    }))

  it("takes threshold, currency and months from its flags", () =>
    inFolder(async (folder, write) => {
      write("feed.csv", feed(...april("A", "15000")))
      const jpy = ["--currency", "JPY", "--threshold", "15001", "--from", "2023-03"]
      const { out } = await run(folder, "feed.csv", ...jpy)
      const empty = { population: 0, fullMonth: 0, qualified: 0, reasons: {} }
      assert.deepStrictEqual(lines(out), [
        { ...month, ...empty, month: "2023-03", days: 31 },
        { ...month, qualified: 0, notQualified: 1, reasons: { BELOW_THRESHOLD: 1 } }
      ])
    }))

  it("decides about customers of a file by their primary account", () =>
    inFolder(async (folder, write) => {
      write("feed.csv", feed(...april("A"), ...april("B", "1.00"), ...april("X")))
      const columns = "customer_id,account_id,primary,opened,closed,phone,first_name,language"
      write("customers.csv", `${columns}\nC,A,true,,,,,\nC,B,false,,,,,\nD,Z,true,,,,,\n`)
      const { code, out } = await run(folder, "feed.csv", "--customers", "customers.csv", "--list")
      assert.strictEqual(code, 0)
      const [issue, result] = lines(out)
      assert.deepInclude(issue, {
        issue: {
          code: "UNKNOWN_ACCOUNT",
          file: "feed.csv",
          line: 62,
          message: "the customers file does not name this account; its rows are left out"
        }
      })
      assert.deepStrictEqual(result, {
        ...month,
        population: 2,
        fullMonth: 2,
        undetermined: 1,
        reasons: { DATA_INCOMPLETE: 1, MET_EVERY_DAY: 1 },
        qualifiedCustomers: ["C"]
      })
    }))

  it("writes a report, whole, and tells people what the numbers mean", () =>
    inFolder(async (folder, write) => {
      write("feed.csv", feed(...april("A"), "2023-04-01,A,1x"))
      const report = ["--feed", "feed.csv", "--report", "deep/er", "--list"]
      const { code, out, err } = await tidemark(["backtest", ...report], { cwd: folder })
      assert.strictEqual(code, 0)
      assert.match(out, /2023-04 +1 +1 +1 +0 +0 +█{24}/)
      assert.include(out, "feed.csv:32  MALFORMED_AMOUNT")
      assert.include(out, "2023-04 qualified: A")
      assert.strictEqual(err, "report written: deep/er/backtest.json\n")
      assert.deepStrictEqual(readdirSync(join(folder, "deep/er")), ["backtest.json"])
      const written: unknown = JSON.parse(
        readFileSync(join(folder, "deep/er/backtest.json"), "utf8")
      )
      assert.nestedPropertyVal(written, "months[0].qualifiedCustomers[0]", "A")
      assert.nestedPropertyVal(written, "issues[0].line", 32)
    }))
})

describe("a feed in which some rows are bad", () => {
  const rows: ReadonlyArray<readonly [string, string, number, ReadonlyArray<string>]> = [
    ["a malformed amount", "MALFORMED_AMOUNT", 6, april("A").with(4, "2023-04-05,A,15.000,00")],
    ["an impossible date", "MALFORMED_DATE", 6, april("A").with(4, "2023-04-31,A,15000.00")],
    ["a duplicate date with another amount", "CONFLICT", 32, [...april("A"), "2023-04-05,A,1"]],
    ["an account left empty", "MISSING_FIELD", 6, april("A").with(4, "2023-04-05,,15000.00")]
  ]
  for (const [what, code, line, content] of rows) {
    it(`lists ${what} and decides the rest`, () =>
      inFolder(async (folder, write) => {
        const expected = code === "MALFORMED_AMOUNT" ? "MALFORMED_ROW" : code
        write("feed.csv", feed(...content))
        const ran = await run(folder, "feed.csv")
        assert.deepStrictEqual([ran.code, ran.err], [0, ""])
        const [issue, result] = lines(ran.out)
        assert.nestedPropertyVal(issue, "issue.code", expected)
        assert.nestedPropertyVal(issue, "issue.file", "feed.csv")
        assert.nestedPropertyVal(issue, "issue.line", line)
        assert.deepStrictEqual(result, undetermined)
      }))
  }

  it("lists another currency and an amount that is none", () =>
    inFolder(async (folder, write) => {
      const stated = april("A").map((row) => `${row},ILS`)
      const bad = stated.with(4, "2023-04-05,A,15000.00,USD").with(5, "2023-04-06,A,1e5,ILS")
      write("feed.csv", [`${header},currency`, ...bad].join("\n"))
      const { code, out } = await run(folder, "feed.csv")
      const [first, second, result] = lines(out)
      assert.strictEqual(code, 0)
      assert.deepInclude(first, {
        issue: {
          code: "WRONG_CURRENCY",
          file: "feed.csv",
          line: 6,
          message: "currency is USD, not ILS"
        }
      })
      assert.nestedPropertyVal(second, "issue.code", "MALFORMED_AMOUNT")
      assert.nestedPropertyVal(second, "issue.line", 7)
      assert.deepStrictEqual(result, undetermined)
    }))
})

describe("a feed with which nothing can be done", () => {
  const rows: ReadonlyArray<readonly [string, string, string | Uint8Array, RegExp]> = [
    ["empty", "f.csv", "", /^tidemark: f\.csv: the file is empty$/],
    ["a header alone", "f.csv", `${header}\n`, /^tidemark: f\.csv: the file has no rows$/],
    ["a missing column", "f.csv", "date,account_id\n1,2", /^tidemark: f\.csv:1: .*closing_balance/],
    ["binary rubbish", "f.csv", Uint8Array.from([1, 2, 200]), /^tidemark: f\.csv:1: not a text/],
    ["rows of rubbish", "f.csv", feed("x", "y"), /^tidemark: f\.csv:2: no row is a balance/],
    [
      "a truncated gzip",
      "f.csv.gz",
      gzipSync(feed(...april("A"))).subarray(0, 60),
      /^tidemark: f\.csv\.gz: the compressed data ends too early$/
    ],
    ["camt.053", "f.xml", "<Document/>", /^tidemark: f\.xml: not supported yet: camt053/],
    ["a file that is not there", "other.csv", "", /^tidemark: f\.csv: no such file$/]
  ]
  it.each(rows)("is one line on stderr and exit 2: %s", (_, name, content, message) =>
    inFolder(async (folder, write) => {
      write(name, content)
      const { code, out, err } = await run(folder, name === "other.csv" ? "f.csv" : name)
      assert.strictEqual(code, 2)
      assert.strictEqual(out, "")
      assert.match(err.trim(), message)
    })
  )

  it("is refused by the customers file's first bad line", () =>
    inFolder(async (folder, write) => {
      write("feed.csv", feed(...april("A")))
      write("customers.csv", "customer_id,account_id,opened\nC,A,2023-02-30\n")
      const { code, out, err } = await run(folder, "feed.csv", "--customers", "customers.csv")
      assert.deepStrictEqual([code, out], [2, ""])
      assert.match(err, /^tidemark: customers\.csv:2: opened is no calendar date/)
    }))
})

describe("tidemark statement read", () => {
  it("prints balances, tells what cannot be read, and goes on", () =>
    inFolder(async (folder, write) => {
      write("good.csv", feed("2023-04-01,A,-1234.56"))
      write("cut.csv.gz", gzipSync(feed(...april("A"))).subarray(0, 60))
      write("mixed.ndjson", '{"date":"2023-04-01","account_id":"A","closing_balance":1}\n{\n')
      const files = ["cut.csv.gz", "good.csv", "mixed.ndjson", "x.sta"]
      const { code, out, err } = await tidemark(["statement", "read", "--json", ...files], {
        cwd: folder
      })
      assert.deepStrictEqual([code, err], [2, ""])
      const balance = {
        account: "A",
        businessDate: "2023-04-01",
        kind: "closingBooked",
        currency: "ILS"
      }
      const malformed = { code: "MALFORMED_ROW", message: "not a JSON object", line: 2 }
      const cut = { code: "TRUNCATED", message: "the compressed data ends too early" }
      const sta = "not supported yet: mt940 (csv and ndjson are)"
      assert.deepStrictEqual(lines(out), [
        { file: "cut.csv.gz", error: cut },
        { file: "good.csv", ...balance, amountMinor: "-123456" },
        { file: "mixed.ndjson", ...balance, amountMinor: "100" },
        { file: "mixed.ndjson", error: malformed },
        { file: "x.sta", error: { code: "UNSUPPORTED_FORMAT", message: sta } }
      ])
    }))

  it("ends with 0 when everything was read, as a table for people", () =>
    inFolder(async (folder, write) => {
      write("good.csv", feed("2023-04-01,A,-1234.56"))
      const { code, out } = await tidemark(["statement", "read", "good.csv"], { cwd: folder })
      assert.strictEqual(code, 0)
      assert.match(out, /2023-04-01 {2}A +closingBooked +-1,234\.56 ILS/)
    }))
})

const data = join(
  process.env["TIDEMARK_TEST_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data"),
  "real-balances"
)

describe("real balances", () => {
  const records = (file: string) =>
    readFileSync(join(data, file), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(","))

  it("agree with what was computed independently", async () => {
    if (!existsSync(data)) {
      console.warn(`${data} not found: 1 check of real balances not run`)
      return
    }
    const feed = join(data, "closing-balances-2023h1.csv.gz")
    const flags = ["--from", "2023-02", "--to", "2023-04", "--list"]
    const { code, out } = await run(data, feed, ...flags)
    assert.strictEqual(code, 0)
    const actual = lines(out)
    const counts = records("expected-2023-02-to-04.csv")
    assert.isAbove(counts.length, 0)
    assert.lengthOf(actual, counts.length)
    for (const [index, [name, days, population, fullMonth, qualified]] of counts.entries()) {
      assert.deepInclude(actual[index], {
        month: name,
        days: Number(days),
        population: Number(population),
        fullMonth: Number(fullMonth),
        qualified: Number(qualified)
      })
    }
    const march = records("expected-qualified-2023-03.csv").map(([, account]) => account ?? "")
    march.sort((left, right) => (left < right ? -1 : 1))
    assert.isAbove(march.length, 0)
    assert.deepNestedInclude(actual[1], { qualifiedCustomers: march })
  })
})
