import { BusinessDate, Currency } from "@tidemark/core/rules"
import { assert, describe, it } from "vitest"
import { StatementReader } from "../src/index.ts"
import { withFolder } from "./Folder.ts"

describe("StatementReader.read", () => {
  it("gives closing booked balances and the rows that are none", () =>
    withFolder(async (write) => {
      const content = "date,account_id,closing_balance\n2023-01-01,A,-1.5\n2023-01-02,A,x\n"
      const batches: Array<StatementReader.StatementBatch> = []
      const file = write("statement.csv", content)
      for await (const batch of StatementReader.read(file, { currency: Currency.ils })) {
        batches.push(batch)
      }
      assert.deepStrictEqual(
        batches.flatMap(({ balances }) => balances.map((balance) => ({ ...balance }))),
        [
          {
            account: "A",
            businessDate: BusinessDate.unchecked("2023-01-01"),
            kind: "closingBooked",
            minorUnits: -150n,
            currency: Currency.ils
          }
        ]
      )
      assert.deepStrictEqual(
        batches.flatMap(({ problems }) => problems.map(({ code, line }) => [code, line])),
        [["MALFORMED_AMOUNT", 3]]
      )
    }))
})
