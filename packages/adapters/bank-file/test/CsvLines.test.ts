import { assert, describe, it } from "vitest"
import * as CsvLines from "../src/CsvLines.ts"

const read = (text: string, first = 1, final = true) => {
  const records: Array<readonly [number, ...ReadonlyArray<string>]> = []
  const refused: Array<readonly [number, string]> = []
  const lines = text.split("\n")
  const dealt = CsvLines.read(lines, first, final, {
    record: (fields, line) => records.push([line, ...fields]),
    refuse: (line, message) => refused.push([line, message]),
    spans: (fields) => fields.length === 2
  })
  return { records, refused, left: lines.length - dealt }
}

describe("CsvLines.read", () => {
  it("splits lines without quotation marks, blank lines and carriage returns aside", () => {
    assert.deepStrictEqual(read("a,b\r\n\r\n\nc,\n,d", 7), {
      records: [
        [7, "a", "b"],
        [10, "c", ""],
        [11, "", "d"]
      ],
      refused: [],
      left: 0
    })
  })

  // RFC 4180 section 2, rules 5 to 7.
  it("takes quoted fields: commas, doubled marks, line breaks", () => {
    assert.deepStrictEqual(read('"a,1","say ""x"""\n"two\nlines",b\r\nc,d').records, [
      [1, "a,1", 'say "x"'],
      [2, "two\nlines", "b"],
      [4, "c", "d"]
    ])
  })

  it("keeps the line numbers of quoted lines among blank ones", () => {
    assert.deepStrictEqual(read('"a",1\n\n"b",2').records, [
      [1, "a", "1"],
      [3, "b", "2"]
    ])
  })

  it("refuses a line with marks inside a field, and only that line", () => {
    const { records, refused } = read('a,1\nb"x",2\n"c"d,3\n"e",4')
    assert.deepStrictEqual(records, [
      [1, "a", "1"],
      [4, "e", "4"]
    ])
    assert.deepStrictEqual(refused, [
      [2, "quotation marks inside a field"],
      [3, "quotation marks inside a field"]
    ])
  })

  it("refuses a line whose mark is never closed, and only that line", () => {
    const { records, refused } = read('a,1\n"b,2\nc,3\nd,4')
    assert.deepStrictEqual(records, [
      [1, "a", "1"],
      [3, "c", "3"],
      [4, "d", "4"]
    ])
    assert.deepStrictEqual(refused, [[2, "a quotation mark is not closed"]])
  })

  it("does not take the lines between two stray marks for a field", () => {
    const { records, refused } = read('"a,1\nb,2\nc",x,3\nd,4')
    assert.deepStrictEqual(records, [
      [2, "b", "2"],
      [4, "d", "4"]
    ])
    assert.deepStrictEqual(
      refused.map(([line]) => line),
      [1, 3]
    )
  })

  it("leaves a record that may go on in the next block", () => {
    assert.deepStrictEqual(read('a,1\n"two\nli', 1, false), {
      records: [[1, "a", "1"]],
      refused: [],
      left: 2
    })
    const many = `"open\n${"x\n".repeat(60)}y,2`
    const { refused, left } = read(many, 1, false)
    assert.deepStrictEqual(refused, [[1, "a quotation mark is not closed"]])
    assert.strictEqual(left, 0)
  })
})
