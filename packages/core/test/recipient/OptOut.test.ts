import { assert, describe, it } from "vitest"
import * as OptOut from "../../src/recipient/OptOut.ts"

const words = () => OptOut.keywords(OptOut.DEFAULT_KEYWORDS)

describe("OptOut.match", () => {
  const COMMANDS: ReadonlyArray<readonly [string, OptOut.OptOutAction, string, string]> = [
    ["STOP", "stop", "STOP", "en"],
    ["stop", "stop", "STOP", "en"],
    ["  Stop. ", "stop", "STOP", "en"],
    ["ＳＴＯＰ", "stop", "STOP", "en"],
    ["\u201cStop!\u201d", "stop", "STOP", "en"],
    ["Stop  All", "stop", "STOP ALL", "en"],
    ["opt-out", "stop", "OPT-OUT", "en"],
    ["הסר", "stop", "הסר", "he"],
    ["\u200fהסר\u200e.", "stop", "הסר", "he"],
    ["הָסֵר", "stop", "הסר", "he"],
    ["״הסר״", "stop", "הסר", "he"],
    ["הסר\nאותי!", "stop", "הסר אותי", "he"],
    ["стоп", "stop", "СТОП", "ru"],
    ["توقف", "stop", "توقف", "ar"],
    ["start", "start", "START", "en"],
    ["הצטרף", "start", "הצטרף", "he"],
    ["Help?", "help", "HELP", "en"],
    ["עזרה", "help", "עזרה", "he"]
  ]
  for (const [text, action, keyword, language] of COMMANDS) {
    it(`reads ${JSON.stringify(text)} as ${action}`, () => {
      assert.deepStrictEqual(OptOut.match(text, words()), { action, keyword, language })
    })
  }

  for (const text of [
    "",
    "?!",
    "Stop texting me",
    "don't stop",
    "YES",
    "ביטול",
    "די",
    "עצור",
    "לא",
    "הסרתי את הכרטיס",
    `STOP${" ".repeat(400)}`
  ]) {
    it(`leaves ${JSON.stringify(text.slice(0, 20))} to a person`, () => {
      assert.isUndefined(OptOut.match(text, words()))
    })
  }
})

// Caught: the limit counted as one too many; upper case the last of the folds.
describe("OptOut.match and OptOut.normalise", () => {
  it("reads a reply of 400 characters, and leaves a longer one to a person", () => {
    assert.strictEqual(OptOut.match("STOP".padEnd(400), words())?.action, "stop")
    assert.isUndefined(OptOut.match("STOP".padEnd(401), words()))
  })

  it("folds a word to lower case, without points, quotes and what stands around it", () => {
    assert.strictEqual(OptOut.normalise(" \u201cＳＴＯＰ  all!\u201d "), "stop all")
    assert.strictEqual(OptOut.normalise("הָסֵר."), "הסר")
  })
})

describe("OptOut.keywords", () => {
  it("takes the first of two that normalise alike", () => {
    const known = OptOut.keywords([
      { action: "stop", language: "en", word: "END" },
      { action: "help", language: "fr", word: "end." }
    ])
    assert.strictEqual(known.size, 1)
    assert.strictEqual(OptOut.match("End", known)?.action, "stop")
  })

  it("drops a word of which nothing is left", () => {
    assert.strictEqual(
      OptOut.keywords([{ action: "stop", language: "en", word: " \u200f." }]).size,
      0
    )
  })

  it("keeps every built-in word", () => {
    assert.strictEqual(words().size, OptOut.DEFAULT_KEYWORDS.length)
  })
})
