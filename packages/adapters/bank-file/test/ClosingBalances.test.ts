import { rmSync, utimesSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { BusinessDate, Currency } from "@tidemark/core/rules"
import { ClosingBalances, ClosingBalancesError } from "@tidemark/core/effect"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { classifyError } from "../src/classifyError.ts"
import * as FileBalances from "../src/ClosingBalances.ts"
import * as Config from "../src/Config.ts"
import { withFolder } from "./Folder.ts"

const first = BusinessDate.unchecked("2023-01-01")
const second = BusinessDate.unchecked("2023-01-02")
const third = BusinessDate.unchecked("2023-01-03")
const history = [
  "date,account_id,closing_balance,currency",
  "2023-01-01,A,1.00,",
  "2023-01-01,B,2.00,USD",
  "2023-01-03,A,x,ILS",
  "broken",
  "2023-01-01,C,3.00,ILS"
].join("\n")

type Options = Partial<Config.BankFileOptions>

const port = (path: string, options: Options = {}) =>
  FileBalances.make({ path, currency: Currency.ils, ...options })

const page = (
  balances: ClosingBalances["Service"],
  date: BusinessDate.BusinessDate,
  cursor: string | null = null
) => Effect.runPromise(balances.page(date, cursor))

const refusal = (
  balances: ClosingBalances["Service"],
  date: BusinessDate.BusinessDate,
  cursor: string | null = null
) => Effect.runPromise(Effect.flip(balances.page(date, cursor)))

describe("a file of history", () => {
  it("gives the rows of a date page by page, malformed amounts and other currencies included", () =>
    withFolder(async (write) => {
      const balances = port(write("feed.csv", history), { pageRows: 2 })
      const one = await page(balances, first)
      assert.deepStrictEqual(
        one.balances.map(({ accountId, minorUnits, currency, kind }) => [
          accountId,
          minorUnits,
          currency,
          kind
        ]),
        [
          ["A", 100n, "ILS", "closingBooked"],
          ["B", 200n, "USD", "closingBooked"]
        ]
      )
      assert.deepStrictEqual(
        one.problems.map(({ code, where }) => [code, where.endsWith("feed.csv:5")]),
        [["MALFORMED", true]]
      )
      const two = await page(balances, first, one.nextCursor)
      assert.deepStrictEqual(
        two.balances.map(({ accountId }) => accountId),
        ["C"]
      )
      assert.deepStrictEqual([two.problems, two.nextCursor, two.controlTotals], [[], null, null])
      const malformed = (await page(balances, third)).balances[0]?.minorUnits
      assert.deepStrictEqual(malformed, { _tag: "MalformedAmount", reason: "UnexpectedCharacter" })
    }))

  it("is an empty page on a date between without rows, and not ready after the last", () =>
    withFolder(async (write) => {
      const balances = port(write("feed.csv", history))
      assert.deepStrictEqual((await page(balances, second)).balances, [])
      const later = await refusal(balances, BusinessDate.unchecked("2023-01-04"))
      assert.strictEqual(later.reason, "NotReady")
      assert.isTrue(later.isRetryable)
    }))

  it("is read again when it has changed", () =>
    withFolder(async (write) => {
      const file = write("feed.csv", history)
      const balances = port(file)
      assert.lengthOf((await page(balances, first)).balances, 3)
      writeFileSync(file, "date,account_id,closing_balance\n2023-01-01,A,1.00\n")
      utimesSync(file, 1, 1)
      assert.lengthOf((await page(balances, first)).balances, 1)
    }))
})

describe("one file per date", () => {
  it("gives all rows of the date's file, for core to find stale ones", () =>
    withFolder(async (write) => {
      const file = write("balances-2023-01-01.csv", history)
      const balances = port(join(dirname(file), "balances-{date}.csv"))
      const dates = (await page(balances, first)).balances.map((row) => row.businessDate)
      assert.deepStrictEqual(dates, ["2023-01-01", "2023-01-01", "2023-01-01", "2023-01-03"])
    }))

  it("is not ready while the file is missing, empty or cut short; refused when it is rubbish", () =>
    withFolder(async (write) => {
      const path = join(dirname(write("a", "")), "{date}.csv.gz")
      const balances = port(path)
      assert.strictEqual((await refusal(balances, first)).reason, "NotReady")
      write("2023-01-01.csv.gz", "")
      assert.strictEqual((await refusal(balances, first)).reason, "NotReady")
      write("2023-01-01.csv.gz", Uint8Array.from([0x1f, 0x8b, 8, 0, 0]))
      assert.strictEqual((await refusal(balances, first)).reason, "NotReady")
      rmSync(path.replace("{date}", "2023-01-01"))
      write("2023-01-01.csv.gz", "no gzip")
      const rubbish = await refusal(balances, first)
      assert.strictEqual(rubbish.reason, "Malformed")
      assert.isFalse(rubbish.isRetryable)
    }))

  it("refuses a cursor that is none of its own", () =>
    withFolder(async (write) => {
      const balances = port(write("feed.csv", history))
      assert.strictEqual((await refusal(balances, first, "x")).reason, "Malformed")
    }))
})

describe("classifyError", () => {
  it("keeps the cause of what is no problem of a file", () => {
    const defect = new TypeError("x")
    const error = classifyError(defect, "feed.csv")
    assert.strictEqual(error.reason, "Unavailable")
    assert.strictEqual(error.cause, defect)
    const own = new ClosingBalancesError({ reason: "NotReady", detail: "x" })
    assert.strictEqual(classifyError(own, "feed.csv"), own)
  })
})

describe("Config.fromEnvironment", () => {
  const read = (env: Readonly<Record<string, string>>) =>
    Effect.runPromiseExit(Config.fromEnvironment.parse(ConfigProvider.fromEnv({ env })))

  it("reads path, format and currency", async () => {
    const exit = await read({
      TIDEMARK_BANK_FILE: "in/{date}.csv",
      TIDEMARK_BANK_FILE_FORMAT: "csv"
    })
    assert.isTrue(exit._tag === "Success" && exit.value.path === "in/{date}.csv")
    assert.isTrue(exit._tag === "Success" && exit.value.format === "csv")
    assert.isTrue(exit._tag === "Success" && exit.value.currency === Currency.ils)
  })

  it("refuses a missing path, an unknown format and a code that is no currency", async () => {
    const path = { TIDEMARK_BANK_FILE: "x" }
    assert.strictEqual((await read({}))._tag, "Failure")
    assert.strictEqual((await read({ ...path, TIDEMARK_BANK_FILE_FORMAT: "xlsx" }))._tag, "Failure")
    const exit = await read({ ...path, TIDEMARK_BANK_FILE_CURRENCY: "shekel" })
    assert.strictEqual(exit._tag, "Failure")
  })

  it("is a layer of the port", () =>
    withFolder(async (write) => {
      const path = write("feed.csv", history)
      const program = Effect.gen(function* () {
        const balances = yield* ClosingBalances
        return yield* balances.page(first, null)
      })
      const layer = FileBalances.layer({ path, currency: Currency.ils })
      const { balances } = await Effect.runPromise(Effect.provide(program, layer))
      assert.lengthOf(balances, 3)
    }))
})
