import * as Option from "effect/Option"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import * as SmsLintHandler from "../../src/commands/SmsLintHandler.ts"
import * as TerminalFailure from "../../src/TerminalFailure.ts"
import { inFolder, lines, tidemark } from "./Tidemark.ts"

type Given = Partial<{ names: string; price: string; twoWay: boolean; json: boolean }>

/** The command without a process of its own: what it prints, and what it says is wrong. */
const lint = async (template: string, given: Given = {}) => {
  const printed: Array<string> = []
  const flags: SmsLintHandler.Flags = {
    template,
    names: Option.fromUndefinedOr(given.names),
    language: Option.none(),
    price: given.price ?? "0.04",
    bankName: Option.none(),
    twoWay: given.twoWay ?? false
  }
  const out = {
    line: (text: string) => void printed.push(text),
    json: (value: unknown) => void printed.push(JSON.stringify(value)),
    drain: () => Promise.resolve()
  }
  const { signal } = new AbortController()
  let wrong = ""
  try {
    const json = given.json ?? false
    await SmsLintHandler.smsLint(flags, { json, configFile: undefined, out, signal })
  } catch (error) {
    if (!(error instanceof TerminalFailure.BadInput)) throw error
    wrong = error.message
  }
  return { out: printed.join("\n"), wrong }
}

describe("tidemark sms lint", () => {
  it("reports that the original template is two segments, and four with a Hebrew name", async () => {
    const { code, err, out } = await tidemark(["sms", "lint", "--template", "builtin:original"])
    assert.deepStrictEqual([code, err], [0, ""])
    assert.match(out, /^en +smallest +GSM-7 +235 +2 +0\.08 +8,000 +no name$/m)
    assert.match(out, /^en +largest +UCS-2 +250 +4 +0\.16 +16,000 +אברהם יצחק$/m)
    assert.include(out, "2 segments become 4 with דנה: “ד” (U+05D3) is not in GSM-7")
    assert.include(out, "7:32 a link (https://bank.example/premium)")
    assert.include(out, "9:7 asks for the reply “STOP”, which this sender cannot receive")
  })

  it("has nothing against STOP on a sender that receives replies", async () => {
    const { out } = await lint("builtin:original", { twoWay: true })
    assert.notInclude(out, "STOP")
  })

  it("finds one curly apostrophe by line and column, and prices it", async () => {
    await inFolder(async (folder, write) => {
      write("thanks.txt", "Hello {CustomerFirstName},\r\nyou’ve done it in {MonthName}.\r\n")
      const file = join(folder, "thanks.txt")
      const { out } = await lint(file, { price: "0.035", json: true })
      const [report] = lines(out)
      assert.deepInclude(report, {
        language: "en",
        withoutName: "derived",
        pricePerSegment: "0.035",
        unrenderable: 0,
        smallest: {
          name: null,
          month: "05",
          encoding: "UCS-2",
          units: 29,
          segments: 1,
          parts: [29],
          cost: "0.035"
        }
      })
      const trap = {
        variant: "named",
        kind: "EncodingTrap",
        position: 30,
        character: "’",
        replacement: "'",
        line: 2,
        column: 4
      }
      assert.include(out, JSON.stringify(trap).slice(1, -1))
      const { out: told } = await lint(file)
      assert.include(told, "2:4 “’” (U+2019) makes the whole text UCS-2: write “'” instead")
    })
  })

  it("speaks of a name of a file by its place, never by itself", async () => {
    await inFolder(async (folder, write) => {
      const list = join(folder, "list.json")
      const stream = join(folder, "names.ndjson")
      write("list.json", '["Dana",\n {"name": "אילנה"}, "evil.example"]')
      write("names.ndjson", '"Dana"\n\n{"name":"אילנה"}\n"evil.example"\n')
      for (const [file, hebrew, refused] of [
        [list, ":2:2", ":2:21"],
        [stream, ":3", ":4"]
      ] as const) {
        const { out } = await lint("builtin:original", { names: file })
        const { out: json } = await lint("builtin:original", { names: file, json: true })
        assert.include(out, `2 segments become 4 with ${file}${hebrew}: “א” (U+05D0)`)
        assert.include(out, `name ${file}${refused} is not printed: LINK`)
        assert.include(json, `"name":"${file}${hebrew}","month":"09"`)
        assert.notInclude(out + json, "אילנה")
        assert.notInclude(out + json, "evil")
      }
    })
  })

  it("reads templates by language, and a policy with its sender and bank", async () => {
    await inFolder(async (folder, write) => {
      const texts = { text: "Hello {CustomerFirstName}. STOP", withoutName: "Hello. STOP" }
      const bank = { text: "{BankName}: שלום", withoutName: "{BankName}: שלום" }
      const sender = { id: "0501234567", canReceiveReplies: true }
      write("texts.json", JSON.stringify({ en: texts }))
      write(
        "policy.json",
        JSON.stringify({
          message: { messageClass: "service", bankName: "Tide", templates: { he: bank }, sender }
        })
      )
      const { out: simple } = await lint(join(folder, "texts.json"))
      const { out: policy } = await lint(join(folder, "policy.json"))
      assert.include(simple, "asks for the reply “STOP”")
      assert.include(policy, "he: worth knowing\n  may be laid out left to right")
    })
  })

  const bad: ReadonlyArray<readonly [name: string, content: string, message: RegExp]> = [
    ["a.txt", "Hello\n{Name}", /a\.txt:2:1: unknown placeholder \{Name\}: there are \{Cust/],
    ["a.txt", "Hello }", /a\.txt:1:7: a brace without its other one/],
    ["a.txt", "a\n b\u0007", /a\.txt:2:3: the control character U\+0007: remove it/],
    ["a.txt", "\n", /a\.txt:1:1: no text/],
    ["a.txt", "{BankName}", /a\.txt: the text asks for \{BankName\}: give it with --bank-name/],
    ["a.json", '{\n "en": {"text": }', /a\.json:2:17: not valid JSON: value expected/],
    ["a.json", "", /a\.json:1:1: not valid JSON|a\.json:1:1: an empty file/],
    ["a.json", "[1]", /a\.json:1:1: not a JSON object/],
    [
      "a.json",
      '{"en": {\n "text": "Hi\\n{Name}", "withoutName": "Hi"}}',
      /a\.json:2:10: en\.text, its line 2 column 1: unknown placeholder/
    ],
    ["a.json", '{"en":\n {"text": "Hi"}}', /a\.json:2:2: message\.templates\.en\.withoutName: mi/],
    ["a.json", '{"message": {\n "sender": 5}}', /a\.json:2:12: message\.sender: expected/]
  ]
  it.each(bad)("says in one line where %s with %j is wrong", async (name, content, message) => {
    await inFolder(async (folder, write) => {
      write(name, content)
      const { out, wrong } = await lint(join(folder, name))
      assert.strictEqual(out, "")
      assert.match(wrong, message)
      assert.strictEqual(TerminalFailure.oneLine(wrong), wrong)
    })
  })

  const badNames: ReadonlyArray<readonly [content: string, message: RegExp]> = [
    ['"Dana"\nDana Levi\n', /names:2:1: not valid JSON: a list, or one name on each line/],
    ['["Dana", 5]', /names:1:10: a name must be a text, or an object with "name"/],
    ["[]", /names: no names/]
  ]
  it.each(badNames)(
    "says where the names %j are wrong, and quotes none",
    async (content, message) => {
      await inFolder(async (folder, write) => {
        write("names", content)
        const names = join(folder, "names")
        const { wrong } = await lint("builtin:default", { names })
        assert.match(wrong, message)
        assert.notInclude(wrong, "Dana")
      })
    }
  )

  it("refuses a price that is no amount, and a template that does not ship", async () => {
    const price = await lint("builtin:default", { price: "1e2" })
    const builtIn = await lint("builtin:short")
    const absent = await lint("absent.txt")
    assert.match(price.wrong, /--price: not an amount/)
    assert.match(builtIn.wrong, /builtin:default and builtin:original/)
    assert.strictEqual(absent.wrong, "absent.txt: cannot be read")
  })
})

describe("tidemark sms lint over real first names", () => {
  const folder =
    process.env["TIDEMARK_TEST_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data")
  const file = join(folder, "names.json")
  if (!existsSync(file)) console.warn(`${file} not found: sms lint over real names not run`)

  it.runIf(existsSync(file))(
    "prints every name, at most in two segments, four as it was",
    async () => {
      const most: Record<string, Record<string, unknown>> = {}
      for (const template of ["builtin:default", "builtin:original"]) {
        const { out } = await lint(template, { names: file, json: true })
        for (const line of lines(out)) {
          const { language, largest, names, unrenderable } = Object(line)
          assert.deepStrictEqual([names, unrenderable], [200, 0])
          assert.notMatch(JSON.stringify(line), /NameRefused|NameLeftOut/)
          most[template] = { ...most[template], [language]: largest.segments }
        }
      }
      assert.deepStrictEqual(most, {
        "builtin:default": { he: 1, en: 2, ar: 1, ru: 1 },
        "builtin:original": { en: 4 }
      })
    }
  )
})
