import fc from "fast-check"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "vitest"
import { BusinessDate, Currency, Money } from "@tidemark/core/rules"
import * as BalanceRows from "../src/BalanceRows.ts"
import { withFolder } from "./Folder.ts"

describe("BalanceRows", () => {
  describe("for all balances, both formats, compressed or not, and all batch sizes", () => {
    // Caught: amounts of NDJSON read through a JavaScript number; the last row of a cut batch lost.
    it("always gives the balances back exactly, in order", async () => {
      await withFolder(async (write) => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(balance, { minLength: 1, maxLength: 60 }),
            fc.constantFrom("csv", "ndjson"),
            fc.boolean(),
            fc.integer({ min: 1, max: 50 }),
            async (balances, format, compressed, batchRows) => {
              const text = format === "csv" ? csv(balances) : ndjson(balances)
              const content = compressed ? gzipSync(text) : text
              const file = write(`feed.${format}`, content)
              const read: Array<Balance> = []
              const options = { currency: Currency.ils, batchRows }
              for await (const batch of BalanceRows.read(file, options)) {
                assert.isAtMost(batch.size, batchRows)
                assert.deepStrictEqual(batch.problems, [])
                for (let index = 0; index < batch.size; index++) {
                  read.push({
                    date: batch.dates[index] ?? "",
                    account: batch.accounts[index] ?? "",
                    minorUnits: batch.minorUnits[index] ?? 0n
                  })
                }
              }
              assert.deepStrictEqual(read, balances)
            }
          ),
          { numRuns: 200 }
        )
      })
    })
  })

  describe("for all files of random lines", () => {
    // Caught: a row counted under its neighbour's line; a row both read and refused; the lines
    // between two stray quotation marks taken for one field.
    it("never loses a line: each is a balance or a problem", async () => {
      await withFolder(async (write) => {
        await fc.assert(
          fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), async (lines) => {
            const good = "2023-01-01,A,1.00"
            const text = ["date,account_id,closing_balance", good, ...lines].join("\n")
            const seen: Array<number> = []
            const file = write("feed.csv", text)
            for await (const batch of BalanceRows.read(file, { currency: Currency.ils })) {
              seen.push(...batch.lines, ...batch.problems.map(({ line }) => line))
            }
            const expected = ["", good, ...lines].flatMap((text, index) =>
              text === "" ? [] : [index + 1]
            )
            assert.deepStrictEqual(
              seen.toSorted((left, right) => left - right),
              expected
            )
          }),
          { numRuns: 300 }
        )
      })
    })
  })
})

interface Balance {
  readonly date: string
  readonly account: string
  readonly minorUnits: bigint
}

const amount = (minorUnits: bigint) => Money.format(minorUnits, Currency.ils)

function csv(balances: ReadonlyArray<Balance>): string {
  const quote = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const rows = balances.map(
    ({ date, account, minorUnits }) => `${date},${quote(account)},${amount(minorUnits)}`
  )
  return ["date,account_id,closing_balance", ...rows, ""].join("\n")
}

/** Amounts as raw numbers, which no JavaScript number could hold. */
function ndjson(balances: ReadonlyArray<Balance>): string {
  return balances
    .map(({ date, account, minorUnits }) => {
      const id = JSON.stringify(account)
      return `{"date":"${date}","account_id":${id},"closing_balance":${amount(minorUnits)}}\n`
    })
    .join("")
}

const balance = fc.record({
  date: fc
    .integer({ min: -5_000, max: 60_000 })
    .map((day): string => BusinessDate.fromEpochDay(day)),
  account: fc.string({
    unit: fc.constantFrom(...Array.from('A1-,"אß')),
    minLength: 1,
    maxLength: 8
  }),
  minorUnits: fc.oneof(
    fc.bigInt({ min: -Money.maxMinorUnits, max: Money.maxMinorUnits }),
    fc.bigInt({ min: -200n, max: 200n }),
    fc.constantFrom(Money.maxMinorUnits, -Money.maxMinorUnits, 0n, 1_500_000n, 1_499_999n)
  )
})
const line = fc.oneof(
  fc.constantFrom("2023-01-02,B,2.00", "2023-02-30,B,2.00", "", "2023-01-02,,1", "a,b"),
  fc.constantFrom('"', '""', '2023-01-02,"B,2.00', '2023-01-02,B",2.00', '2023-01-02,"B",2.00'),
  fc.string({ unit: fc.constantFrom(...Array.from("2023-01,A.x\0")), maxLength: 20 })
)
