import { assert, describe, it } from "vitest"
import * as CustomersFile from "../src/CustomersFile.ts"
import { FeedFileError } from "../src/FeedFileError.ts"
import { withFolder } from "./Folder.ts"

const header = "customer_id,account_id,primary,opened,closed,phone,first_name,language"

describe("CustomersFile.read", () => {
  it("reads accounts of customers; empty means nothing known", () =>
    withFolder(async (write) => {
      const file = write(
        "customers.csv",
        `${header}\nC1,A1,TRUE,2023-01-01,,050,"דנה, כהן",he\nC1,A2,0,,2023-02-01,,,\nC2,A3,,,,,,`
      )
      const rows = await CustomersFile.read(file)
      assert.deepStrictEqual(
        rows.map((row) => [row.customerId, row.accountId, row.primary, row.opened, row.closed]),
        [
          ["C1", "A1", true, "2023-01-01", undefined],
          ["C1", "A2", false, undefined, "2023-02-01"],
          ["C2", "A3", false, undefined, undefined]
        ]
      )
    }))

  it("needs only the two ids", () =>
    withFolder(async (write) => {
      const rows = await CustomersFile.read(write("customers.csv", "account_id,customer_id\nA,C\n"))
      assert.strictEqual(rows[0]?.customerId, "C")
    }))

  const refused: ReadonlyArray<readonly [string, string, string, number | undefined]> = [
    ["without a needed column", "customer_id,primary\nC,1", "MISSING_COLUMN", 1],
    ["of a header alone", header, "EMPTY", undefined],
    ["with a customer left empty", `${header}\n,A,1,,,,,`, "MALFORMED_ROW", 2],
    ["with an account left empty", `${header}\nC,,1,,,,,`, "MALFORMED_ROW", 2],
    ["with a short row", `${header}\nC,A,1,,,,,\nC,A`, "MALFORMED_ROW", 3],
    ["with an unknown flag", `${header}\nC,A,maybe,,,,,`, "MALFORMED_ROW", 2],
    ["with a date that is none", `${header}\nC,A,1,2023-02-30,,,,`, "MALFORMED_ROW", 2],
    ["closed before opened", `${header}\nC,A,1,2023-02-02,2023-02-01,,,`, "MALFORMED_ROW", 2],
    ["with an open quotation mark", `${header}\n"C,A,1,,,,,`, "MALFORMED_ROW", 2]
  ]
  for (const [what, content, code, line] of refused) {
    it(`refuses a file ${what}`, () =>
      withFolder(async (write) => {
        const file = write("customers.csv", content)
        const error: unknown = await CustomersFile.read(file).catch((error: unknown) => error)
        assert.instanceOf(error, FeedFileError)
        assert.deepStrictEqual([error.code, error.line], [code, line])
      }))
  }
})
