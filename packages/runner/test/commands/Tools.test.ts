import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { lines, tidemark } from "./Tidemark.ts"

describe("tidemark", () => {
  it("explains itself on stdout when asked, on stderr when not", async () => {
    const [asked, bare] = await Promise.all([tidemark(["--help"]), tidemark(["sms"])])
    assert.strictEqual(asked.code, 0)
    assert.include(asked.out, "backtest")
    assert.strictEqual(asked.err, "")
    assert.strictEqual(bare.code, 2)
    assert.strictEqual(bare.out, "")
    assert.include(bare.err, "measure")
  })

  const misused: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
    [["sms", "mesure"], /Unknown subcommand "mesure".*did you mean measure/],
    [["sms", "measure", "--jsn"], /Unrecognized flag: --jsn/],
    [["backtest"], /Missing required flag: --feed.*tidemark backtest --help/],
    [["backtest", "--feed", "x.csv", "--from", "2023-13"], /--from: not a month/],
    [
      ["backtest", "--feed", "x.csv", "--from", "2023-02", "--to", "2023-01"],
      /--from is after --to/
    ],
    [["backtest", "--feed", "x.csv", "--threshold", "1e4"], /--threshold: not an amount/],
    [["backtest", "--feed", "x.csv", "--currency", "shekel"], /--currency: not a currency/],
    [["backtest", "--feed", "x.csv", "--carry-forward", "never"], /--carry-forward/],
    [["phone", "check", "--region", "Israel"], /"region" must be two letters/],
    [["statement", "read"], /Missing required argument/],
    [["statement", "read", "x.csv", "--currency", "XXX"], /--currency: not a currency/]
  ]
  it.each(misused)("%j is bad usage: one line on stderr, exit 2", async (args, message) => {
    const { code, out, err } = await tidemark(args)
    assert.strictEqual(code, 2)
    assert.strictEqual(out, "")
    assert.match(err, message)
    assert.lengthOf(err.trim().split("\n"), 1)
  })

  it("ends quietly when the reader of its output has gone", async () => {
    const cli = join(import.meta.dirname, "../../src/cli.ts")
    const child = spawn(process.execPath, [cli, "sms", "measure", "--json"])
    let err = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
    child.stdin.on("error", () => undefined)
    child.stdin.write('{"id":"1","text":"a"}\n')
    await once(child.stdout, "data")
    child.stdout.destroy()
    const feed = setInterval(() => child.stdin.write('{"id":"1","text":"a"}\n'.repeat(10_000)), 5)
    const closed: Array<unknown> = await once(child, "close")
    clearInterval(feed)
    assert.deepStrictEqual([closed[0], err], [0, ""])
  })
})

describe("tidemark sms measure", () => {
  it("answers each line while the input is still open", async () => {
    const cli = join(import.meta.dirname, "../../src/cli.ts")
    const child = spawn(process.execPath, [cli, "sms", "measure", "--json"])
    child.stdout.setEncoding("utf8")
    child.stdin.write('{"id":"1","text":"a"}\n')
    const first: Array<unknown> = await once(child.stdout, "data")
    assert.deepStrictEqual(lines(String(first[0])), [
      { id: "1", encoding: "GSM-7", units: 1, segments: 1, parts: [1] }
    ])
    child.stdin.end()
    await once(child, "close")
  })

  it("sizes by 3GPP TS 23.038 and 23.040", async () => {
    const texts = ["", "a".repeat(161), "€".repeat(80), "€".repeat(81), "שלום", "ש".repeat(71)]
    const input = texts.map((text, id) => JSON.stringify({ id, text })).join("\r\n\n")
    const { code, out } = await tidemark(["sms", "measure", "--json"], { input })
    assert.strictEqual(code, 0)
    assert.deepStrictEqual(lines(out), [
      { id: 0, encoding: "GSM-7", units: 0, segments: 0, parts: [] },
      { id: 1, encoding: "GSM-7", units: 161, segments: 2, parts: [153, 8] },
      { id: 2, encoding: "GSM-7", units: 160, segments: 1, parts: [160] },
      { id: 3, encoding: "GSM-7", units: 162, segments: 2, parts: [152, 10] },
      { id: 4, encoding: "UCS-2", units: 4, segments: 1, parts: [4] },
      { id: 5, encoding: "UCS-2", units: 71, segments: 2, parts: [67, 4] }
    ])
  })

  const bad: ReadonlyArray<readonly [string, RegExp]> = [
    ["{", /^tidemark: stdin:2: not valid JSON$/],
    ["[]", /^tidemark: stdin:2: not a JSON object$/],
    ['{"text":"a"}', /^tidemark: stdin:2: "id" must be a string$/],
    ['{"id":"1","text":5}', /^tidemark: stdin:2: "text" must be a string$/]
  ]
  it.each(bad)("names a bad line: %s", async (line, message) => {
    const input = `{"id":"1","text":"a"}\n${line}\n`
    const { code, err } = await tidemark(["sms", "measure", "--json"], { input })
    assert.strictEqual(code, 2)
    assert.match(err.trim(), message)
  })

  it("is a table for people", async () => {
    const { out } = await tidemark(["sms", "measure"], { input: '{"id":"x","text":"שלום"}' })
    assert.match(out, /^id +encoding +units +segments +parts\nx +UCS-2 +4 +1 +4\n1 messages, 1 b/)
  })
})

describe("tidemark phone check", () => {
  it("takes a line's region over the flag's, and null for none", async () => {
    const input = [
      '{"id":"il","input":"050-234-5678"}',
      '{"id":"us","input":"201-555-0123","region":"US"}',
      '{"id":"none","input":"050-234-5678","region":null}',
      '{"id":"landline","input":"03-6023456"}',
      '{"id":"empty","input":null}'
    ].join("\n")
    const { code, out } = await tidemark(["phone", "check", "--json"], { input })
    assert.strictEqual(code, 0)
    const none = { e164: null, type: null, valid: false, reachable: false }
    const valid = { valid: true, reachable: true, reason: null }
    assert.deepStrictEqual(lines(out), [
      { id: "il", e164: "+972502345678", type: "MOBILE", ...valid },
      { id: "us", e164: "+12015550123", type: "FIXED_LINE_OR_MOBILE", ...valid },
      { id: "none", ...none, reason: "INVALID" },
      {
        id: "landline",
        e164: "+97236023456",
        type: "FIXED_LINE",
        valid: true,
        reachable: false,
        reason: "LANDLINE"
      },
      { id: "empty", ...none, reason: "NO_PHONE" }
    ])
  })

  it("never quotes a bad line: it may hold a number", async () => {
    const input = '{"id":"1","input":"050-234-5678"'
    const { code, out, err } = await tidemark(["phone", "check"], { input })
    assert.strictEqual(code, 2)
    assert.notInclude(out + err, "234")
    assert.include(err, "stdin:1")
  })
})
