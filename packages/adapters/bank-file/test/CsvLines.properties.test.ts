import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as CsvLines from "../src/CsvLines.ts"

interface Read {
  readonly records: Array<{ readonly line: number; readonly fields: ReadonlyArray<string> }>
  readonly refused: Array<number>
}

/** Reads text in blocks of `blockLines` lines, offering again what was left over. */
const inBlocks = (text: string, blockLines: number): Read => {
  const read: Read = { records: [], refused: [] }
  const sink: CsvLines.CsvSink = {
    record: (fields, line) => read.records.push({ line, fields }),
    refuse: (line) => read.refused.push(line),
    spans: () => true
  }
  const all = text.split("\n")
  let carried: ReadonlyArray<string> = []
  for (let from = 0; from < all.length; from += blockLines) {
    const lines = [...carried, ...all.slice(from, from + blockLines)]
    const final = from + blockLines >= all.length
    const dealt = CsvLines.read(lines, from + 1 - carried.length, final, sink)
    carried = lines.slice(dealt)
  }
  return read
}

describe("CsvLines", () => {
  describe("for all records, quoted or not, and all cuts into blocks", () => {
    // Caught: line numbers counted without blank lines; a carriage return kept in the last field;
    // the record left over at the end of a block forgotten.
    it("always gives the records back with their lines", () => {
      fc.assert(
        fc.property(records, fc.integer({ min: 1, max: 7 }), ending, (records, blockLines, end) => {
          let line = 1
          const expected = records.map(({ fields, blanks }) => {
            line += blanks
            const record = { line, fields }
            line += fields.join(",").split("\n").length
            return record
          })
          const text = records.map((record) => written(record, end)).join(end)
          assert.deepStrictEqual(inBlocks(text, blockLines), { records: expected, refused: [] })
        }),
        { numRuns: 1_000 }
      )
    })
  })

  describe("for all plain records and one line with a stray quotation mark", () => {
    // Caught: csv-parse given the whole block alone, which swallows what follows the mark.
    it("never loses another record", () => {
      fc.assert(
        fc.property(plainRecords, stray, fc.nat(20), fc.integer({ min: 1, max: 7 }), (...given) => {
          const [records, bad, position, blockLines] = given
          const at = Math.min(position, records.length)
          const lines = records.map((fields) => fields.join(","))
          const { records: read, refused } = inBlocks(
            lines.toSpliced(at, 0, bad).join("\n"),
            blockLines
          )
          assert.deepStrictEqual(refused, [at + 1])
          assert.deepStrictEqual(
            read.map(({ fields }) => fields),
            records
          )
        }),
        { numRuns: 1_000 }
      )
    })
  })
})

function written(record: Record, end: string): string {
  const fields = record.fields.map((field) =>
    record.quoted || /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
  )
  return end.repeat(record.blanks) + fields.join(",")
}

interface Record {
  readonly fields: ReadonlyArray<string>
  readonly quoted: boolean
  readonly blanks: number
}

const ending = fc.constantFrom("\n", "\r\n")
const plainField = fc.string({
  unit: fc.constantFrom(...Array.from("ab1.-אß ")),
  minLength: 1,
  maxLength: 6
})
const wildField = fc.string({
  unit: fc.constantFrom(...Array.from('ab1,"\n')),
  minLength: 1,
  maxLength: 6
})
const records: fc.Arbitrary<ReadonlyArray<Record>> = fc.array(
  fc.record({
    fields: fc.array(fc.oneof({ weight: 3, arbitrary: plainField }, wildField), {
      minLength: 2,
      maxLength: 4
    }),
    quoted: fc.boolean(),
    blanks: fc.constantFrom(0, 0, 0, 1, 2)
  }),
  { minLength: 1, maxLength: 20 }
)
const plainRecords = fc.array(fc.tuple(plainField, plainField), { minLength: 1, maxLength: 20 })
const stray = fc.constantFrom('a,"b', '"a,b', 'a"b,c', '"a"b,c', 'a,b"')
