import { assert, describe, it } from "vitest"
import * as TwoPeople from "../../src/qualification/TwoPeople.ts"

describe("two names", () => {
  it("are one person's however they are written", () => {
    for (const name of ["dana levi", " Dana  Levi ", "DANA\tLEVI", "ｄａｎａ levi"]) {
      assert.isTrue(TwoPeople.isSame("Dana Levi", name), name)
    }
  })

  it("are two people's where they differ in more than that", () => {
    assert.isFalse(TwoPeople.isSame("dana", "noa"))
    assert.isFalse(TwoPeople.isSame("dana levi", "danalevi"))
  })

  it("are nobody's second person where one is empty", () => {
    assert.isTrue(TwoPeople.isSame("dana", " "))
    assert.isTrue(TwoPeople.isSame("", "noa"))
  })
})
