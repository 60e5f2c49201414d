import { PassThrough } from "node:stream"
import * as Cause from "effect/Cause"
import { assert, describe, it } from "vitest"
import * as TerminalFailure from "../../src/TerminalFailure.ts"
import * as TerminalInput from "../../src/TerminalInput.ts"
import * as TerminalOutput from "../../src/TerminalOutput.ts"
import * as TerminalProgress from "../../src/TerminalProgress.ts"

const { BadInput, CommandFailed, Ended } = TerminalFailure

describe("TerminalFailure.endingOf", () => {
  const place = new BadInput({ where: "feed.csv:7", reason: "not an amount" })
  const endings: ReadonlyArray<readonly [string, Cause.Cause<unknown>, TerminalFailure.Ending]> = [
    ["bad input", Cause.fail(place), { exitCode: 2, line: "feed.csv:7: not an amount" }],
    ["a failure", Cause.fail(new CommandFailed({ reason: "no" })), { exitCode: 1, line: "no" }],
    ["an ending", Cause.fail(new Ended({ exitCode: 2 })), { exitCode: 2 }],
    ["a signal", Cause.interrupt(), { exitCode: 130 }]
  ]
  it.each(endings)("tells %s", (_, cause, ending) => {
    assert.deepStrictEqual(TerminalFailure.endingOf(cause), ending)
  })

  it("tells a defect by kind and place, never its message or a stack trace", () => {
    for (const defect of [new RangeError("balance 7654321"), "balance 7654321", null]) {
      const { exitCode, line = "" } = TerminalFailure.endingOf(Cause.die(defect))
      assert.strictEqual(exitCode, 1)
      assert.match(line, /^internal error \(.*\): please report it with the command you ran$/)
      assert.notInclude(line, "7654321")
      assert.notInclude(line, "\n")
    }
  })

  it("keeps a file's bytes from steering the terminal", () => {
    const error = new BadInput({ where: "a\u001b[2J\nb", reason: "x\u0000y" })
    const { line } = TerminalFailure.endingOf(Cause.fail(error))
    assert.strictEqual(line, "a [2J b: x y")
  })
})

describe("TerminalProgress", () => {
  const shown = (isTTY: boolean, columns = 60) => {
    const written: Array<string> = []
    let now = 0
    const stream = { isTTY, columns, write: (text: string) => written.push(text) }
    const progress = TerminalProgress.make("reading", stream, () => now)
    return { written, progress, wait: (ms: number) => (now += ms) }
  }

  it("shows nothing of short work", () => {
    for (const isTTY of [true, false]) {
      const { written, progress, wait } = shown(isTTY)
      wait(200)
      progress.at(0.5, "5 rows")
      progress.end()
      assert.deepStrictEqual(written, [])
    }
  })

  it("draws a bar on a terminal, inside its width, and removes it", () => {
    const { written, progress, wait } = shown(true)
    wait(400)
    progress.at(0.5, "5 rows")
    progress.at(0.6, "6 rows")
    wait(150)
    progress.at(1, "10 rows")
    progress.end()
    assert.lengthOf(written, 3)
    assert.match(written[0] ?? "", /reading █{15}░{15} 50% 5 rows$/)
    assert.match(written[1] ?? "", /reading █{30}100% 10 rows$/)
    assert.strictEqual(written[2], "\r\u001b[2K")
    const narrow = shown(true, 20)
    narrow.wait(400)
    narrow.progress.at(0.5, "1,000,000 rows")
    assert.isBelow((narrow.written[0] ?? "").length - "\r\u001b[2K".length, 20)
  })

  it("writes a line every five seconds elsewhere", () => {
    const { written, progress, wait } = shown(false)
    for (let second = 0; second < 12; second++) {
      wait(1_000)
      progress.at(second / 12, `${second} rows`)
    }
    progress.end()
    assert.deepStrictEqual(written, ["reading: 33%, 4 rows\n", "reading: 75%, 9 rows\n"])
  })
})

describe("TerminalOutput", () => {
  it("collects lines and waits for a slow reader", async () => {
    const stream = new PassThrough({ highWaterMark: 10 })
    const out = TerminalOutput.make(stream)
    out.line("a")
    out.json({ b: 1 })
    assert.strictEqual(stream.readableLength, 0)
    let drained = false
    const waiting = out.drain().then(() => (drained = true))
    await Promise.resolve()
    assert.isFalse(drained)
    assert.strictEqual(String(stream.read()), 'a\n{"b":1}\n')
    await waiting
    assert.isTrue(drained)
    await out.drain()
  })

  it("aligns numbers to the right and text to the left", () => {
    assert.deepStrictEqual(
      TerminalOutput.table(
        ["code", "n"],
        [
          ["a", 5],
          ["long", 1234]
        ]
      ),
      ["code     n", "a        5", "long  1234"]
    )
  })
})

describe("TerminalInput.lineBatches", () => {
  const read = async (chunks: ReadonlyArray<string | Uint8Array>) => {
    const stream = new PassThrough()
    for (const chunk of chunks) stream.write(chunk)
    stream.end()
    const found: Array<readonly [number, string]> = []
    for await (const { first, lines } of TerminalInput.lineBatches(stream, "stdin")) {
      for (const [index, line] of lines.entries()) found.push([first + index, line])
    }
    return found
  }

  it("numbers lines across chunks, also where a character is cut in two", async () => {
    const bytes = new TextEncoder().encode("אב\n\nc")
    const cut = Array.from(bytes, (byte) => Uint8Array.of(byte))
    assert.deepStrictEqual(await read(cut), [
      [1, "אב"],
      [2, ""],
      [3, "c"]
    ])
  })

  it("refuses what is no UTF-8, naming the line", async () => {
    const error: unknown = await read(["a\n", Uint8Array.of(0xff, 0xfe)]).catch(
      (error: unknown) => error
    )
    assert.instanceOf(error, BadInput)
    assert.strictEqual(error.message, "stdin:2: not UTF-8 text")
  })
})
