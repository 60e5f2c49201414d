import { mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "vitest"
import * as BalanceRows from "../src/BalanceRows.ts"
import * as FeedFile from "../src/FeedFile.ts"
import { FeedFileError, fromForeign } from "../src/FeedFileError.ts"
import { Currency } from "@tidemark/core/rules"
import { withFolder } from "./Folder.ts"

const header = "date,account_id,closing_balance"
const options = { currency: Currency.ils }

const read = async (file: string, more: Partial<BalanceRows.BalanceOptions> = {}) => {
  const rows: Array<readonly [number, string, string, bigint]> = []
  const problems: Array<readonly [number, string]> = []
  for await (const batch of BalanceRows.read(file, { ...options, ...more })) {
    for (let index = 0; index < batch.size; index++) {
      rows.push([
        batch.lines[index] ?? 0,
        batch.dates[index] ?? "",
        batch.accounts[index] ?? "",
        batch.minorUnits[index] ?? 0n
      ])
    }
    for (const { line, code } of batch.problems) problems.push([line, code])
  }
  return { rows, problems }
}

const failure = async (file: string, more: Partial<BalanceRows.BalanceOptions> = {}) => {
  try {
    await read(file, more)
  } catch (error) {
    if (error instanceof FeedFileError) return { code: error.code, line: error.line }
    throw error
  }
  return assert.fail("the file was read")
}

const two: ReadonlyArray<readonly [number, string, string, bigint]> = [
  [2, "2023-01-01", "A", 1_500_000n],
  [3, "2023-01-02", "A", -1n]
]

describe("a CSV file", () => {
  const variants: ReadonlyArray<readonly [string, string | Uint8Array]> = [
    ["as it should be", `${header}\n2023-01-01,A,15000.00\n2023-01-02,A,-0.01\n`],
    ["with a byte order mark", `\ufeff${header}\n2023-01-01,A,15000\n2023-01-02,A,-0.01`],
    ["with carriage returns", `${header}\r\n2023-01-01,A,15000.0\r\n2023-01-02,A,-0.01\r\n`],
    ["quoted", `"date","account_id","closing_balance"\n2023-01-01,"A","15000"\n2023-01-02,A,-0.01`],
    ["compressed", gzipSync(`${header}\n2023-01-01,A,15000.00\n2023-01-02,A,-0.01\n`)]
  ]
  for (const [name, content] of variants) {
    it(`is read ${name}`, async () => {
      await withFolder(async (write) => {
        const { rows, problems } = await read(write("feed.csv", content))
        assert.deepStrictEqual(rows, Array.from(two))
        assert.deepStrictEqual(problems, [])
      })
    })
  }

  it("is read with other and extra columns in any order", async () => {
    await withFolder(async (write) => {
      const file = write(
        "feed.csv.gz",
        gzipSync("note,Closing_Balance,currency,date,account_id\nx,1.5,ILS,2023-01-01,A\n")
      )
      assert.deepStrictEqual((await read(file)).rows, [[2, "2023-01-01", "A", 150n]])
    })
  })

  it("names each bad row by line and code, and keeps the others", async () => {
    await withFolder(async (write) => {
      const file = write(
        "feed.csv",
        [
          `${header},currency`,
          "2023-01-01,A,1.00,ILS",
          "2023-01-02,A,1x0,ILS",
          "2023-02-30,A,1.00,ILS",
          "2023-01-03,,1.00,ILS",
          "2023-01-03,A,1,500.00,ILS",
          "2023-01-03,A,1.00,USD",
          '2023-01-03,"A,1.00,ILS',
          "2023-01-04,A,1.001,",
          "2023-01-05,A,2.00,"
        ].join("\n")
      )
      const { rows, problems } = await read(file)
      assert.deepStrictEqual(
        rows.map(([line]) => line),
        [2, 10]
      )
      assert.deepStrictEqual(
        problems.toSorted(([left], [right]) => left - right),
        [
          [3, "MALFORMED_AMOUNT"],
          [4, "MALFORMED_DATE"],
          [5, "MISSING_FIELD"],
          [6, "MALFORMED_ROW"],
          [7, "WRONG_CURRENCY"],
          [8, "MALFORMED_ROW"],
          [9, "MALFORMED_AMOUNT"]
        ]
      )
    })
  })

  it("comes in batches no larger than asked for", async () => {
    await withFolder(async (write) => {
      const rows = Array.from({ length: 25 }, (_, index) => `2023-01-01,A${index},1`)
      const file = write("feed.csv", [header, ...rows].join("\n"))
      const sizes: Array<number> = []
      for await (const { size } of FeedFile.read(file, { batchRows: 10 })) sizes.push(size)
      assert.deepStrictEqual(sizes, [10, 10, 4, 1])
    })
  })
})

describe("an NDJSON file", () => {
  it("keeps the digits of amounts written as numbers, and of numeric ids", async () => {
    await withFolder(async (write) => {
      const file = write(
        "feed.ndjson",
        [
          '{"date":"2023-01-01","account_id":"A","closing_balance":"15000.00"}',
          '{"date":"2023-01-02","account_id":"A","closing_balance":9999999999999999.99}',
          '{"date":"2023-01-03","account_id":90071992547409931,"closing_balance":-0.10}',
          "",
          '{"date":"2023-01-04","account_id":"A","closing_balance":1e3}',
          '{"date":"2023-01-04","account_id":"A"}',
          '{"date":null,"account_id":"A","closing_balance":"1"}',
          '{"date":"2023-01-04","account_id":"","closing_balance":"1"}',
          "[1]",
          "{"
        ].join("\n")
      )
      const { rows, problems } = await read(file)
      assert.deepStrictEqual(rows, [
        [1, "2023-01-01", "A", 1_500_000n],
        [2, "2023-01-02", "A", 999_999_999_999_999_999n],
        [3, "2023-01-03", "90071992547409931", -10n]
      ])
      assert.deepStrictEqual(
        problems.toSorted(([left], [right]) => left - right),
        [
          [5, "MALFORMED_AMOUNT"],
          [6, "MISSING_FIELD"],
          [7, "MISSING_FIELD"],
          [8, "MISSING_FIELD"],
          [9, "MALFORMED_ROW"],
          [10, "MALFORMED_ROW"]
        ]
      )
    })
  })
})

describe("a file that is wrong as a whole", () => {
  const long = `${header}\n${"x".repeat(1_100_000)}`
  const gzip = gzipSync(`${header}\n2023-01-01,A,1\n`)
  const flipped = Uint8Array.from(gzip)
  flipped[flipped.length - 6] = (flipped[flipped.length - 6] ?? 0) ^ 0xff
  const rows: ReadonlyArray<
    readonly [string, string, string | Uint8Array, string, number | undefined]
  > = [
    ["empty", "feed.csv", "", "EMPTY", undefined],
    ["of blank lines", "feed.csv", "\n\r\n\n", "EMPTY", undefined],
    ["of a header alone", "feed.csv", `${header}\n`, "EMPTY", undefined],
    ["without a column", "feed.csv", "date,account_id\n2023-01-01,A", "MISSING_COLUMN", 1],
    ["with a column twice", "feed.csv", `${header},date\n`, "MISSING_COLUMN", 1],
    ["binary", "feed.csv", Uint8Array.from([0, 159, 3, 250, 10, 7]), "NOT_TEXT", 1],
    ["in UTF-16", "feed.csv", Uint8Array.from([0xff, 0xfe, 100, 0]), "NOT_TEXT", 1],
    ["with an endless line", "feed.csv", long, "NOT_TEXT", 2],
    ["compressed and cut short", "feed.csv.gz", gzip.subarray(0, 30), "TRUNCATED", undefined],
    ["compressed and damaged", "feed.csv.gz", flipped, "CORRUPT", undefined],
    ["named .gz and none", "feed.csv.gz", `${header}\n`, "CORRUPT", undefined],
    ["without one good row", "feed.csv", `${header}\n2023-01-01,A,x\n`, "NO_BALANCES", 2],
    ["camt.053", "feed.xml", "<Document/>", "UNSUPPORTED_FORMAT", undefined],
    ["MT940, compressed", "feed.sta.gz", gzip, "UNSUPPORTED_FORMAT", undefined],
    ["Berlin Group", "feed.json", "{}", "UNSUPPORTED_FORMAT", undefined]
  ]
  for (const [what, name, content, code, line] of rows) {
    it(`is ${code}: ${what}`, async () => {
      await withFolder(async (write) => {
        assert.deepStrictEqual(await failure(write(name, content)), { code, line })
      })
    })
  }

  it("is UNREADABLE: missing, or a folder", async () => {
    await withFolder(async (write) => {
      const beside = write("feed.csv", "x")
      const folder = join(dirname(beside), "folder")
      mkdirSync(folder)
      assert.strictEqual((await failure(join(folder, "none.csv"))).code, "UNREADABLE")
      assert.strictEqual((await failure(folder)).code, "UNREADABLE")
      assert.strictEqual((await failure(join(beside, "none.csv"))).code, "UNREADABLE")
    })
  })

  it("is UNSUPPORTED_FORMAT: a format nobody knows", async () => {
    await withFolder(async (write) => {
      const file = write("feed.csv", `${header}\n`)
      assert.strictEqual((await failure(file, { format: "xlsx" })).code, "UNSUPPORTED_FORMAT")
    })
  })
})

describe("messages", () => {
  it("never hold a field of the file", async () => {
    await withFolder(async (write) => {
      const planted = "7654321"
      const file = write(
        "feed.csv",
        `${header}\n${planted},A,1\n2023-01-01,A,${planted}x\n2023-01-01,${planted},1,2\n`
      )
      const told: Array<string> = []
      try {
        for await (const { problems } of BalanceRows.read(file, options)) {
          for (const problem of problems) told.push(problem.message)
        }
      } catch (error) {
        told.push(error instanceof Error ? error.message : "")
      }
      assert.lengthOf(told, 4)
      assert.notInclude(told.join("\n"), planted)
    })
  })

  it("leave a defect what it is", () => {
    const defect = new TypeError("x")
    assert.strictEqual(fromForeign(defect, "feed.csv"), defect)
    const misuse = Object.assign(new Error("x"), { code: "ERR_INVALID_ARG_TYPE" })
    assert.strictEqual(fromForeign(misuse, "feed.csv"), misuse)
    const disk = fromForeign(Object.assign(new Error("x"), { code: "EIO" }), "feed.csv")
    assert.instanceOf(disk, FeedFileError)
  })
})
