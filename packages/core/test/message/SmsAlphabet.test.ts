import { assert, describe, it } from "vitest"
import * as SmsAlphabet from "../../src/message/SmsAlphabet.ts"

describe("SmsAlphabet.septets (TS 23.038 clauses 6.2.1, 6.2.1.1)", () => {
  const units = Array.from({ length: 65_536 }, (_, unit) => unit)
  const count = (cost: number) => units.filter((unit) => SmsAlphabet.septets(unit) === cost).length

  it("has 127 characters of one septet and 10 of two", () => {
    assert.strictEqual(count(1), 127)
    assert.strictEqual(count(2), 10)
    assert.strictEqual(SmsAlphabet.septets(65_536), 0)
  })

  for (const [characters, cost] of [
    ["@£$¥èéùìòÇ\nØø\rÅå", 1],
    ["Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ", 1],
    [" !\"#¤%&'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà", 1],
    ["\f^{}\\[~]|€", 2],
    // The look-alikes people expect in it.
    ["çáíóú`\t\u00a0µ₪", 0],
    ["\u2018\u2019\u201c\u201d\u2013\u2014\u2026", 0],
    ["αβΑΒאبж\u001b\u0000\ud83c", 0]
  ] as const) {
    it(`costs ${cost} for each of ${JSON.stringify(characters)}`, () => {
      for (let at = 0; at < characters.length; at++) {
        assert.strictEqual(SmsAlphabet.septets(characters.charCodeAt(at)), cost)
      }
    })
  }
})

describe("SmsAlphabet.encode and decode", () => {
  it("gives the codes of the tables", () => {
    assert.deepStrictEqual([...(SmsAlphabet.encode("@Aà€[") ?? [])], [0, 65, 127, 27, 101, 27, 60])
    assert.deepStrictEqual([...(SmsAlphabet.encode("") ?? [1])], [])
  })

  it("has no codes for a text with one character outside", () => {
    assert.isUndefined(SmsAlphabet.encode("Hello דנה"))
    assert.isUndefined(SmsAlphabet.encode("\u001b"))
  })

  // TS 23.038 clause 6.2.1.1: unknown extension codes show the default character; ESC ESC a space.
  it("reads what no sender should have written", () => {
    assert.strictEqual(SmsAlphabet.decode(Uint8Array.of(0x1b, 0x41)), "A")
    assert.strictEqual(SmsAlphabet.decode(Uint8Array.of(0x41, 0x1b, 0x1b, 0x42)), "A B")
    assert.strictEqual(SmsAlphabet.decode(Uint8Array.of(0x41, 0x1b)), "A ")
    assert.strictEqual(SmsAlphabet.decode(Uint8Array.of(0xc1)), "A")
  })
})
