import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Writable } from "node:stream"
import * as Option from "effect/Option"
import { assert, describe, it } from "vitest"
import * as Handler from "../../src/sandbox/SandboxHandler.ts"
import * as TerminalOutput from "../../src/TerminalOutput.ts"

const none = Option.none<string>()
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tidemark-sandbox-"))

const file = (name: string, text: string) => {
  const where = path.join(folder, name)
  fs.writeFileSync(where, text)
  return Option.some(where)
}

/** Runs a command until it printed its address, asks there, and interrupts it. */
const serving = async (
  start: (context: Parameters<typeof Handler.bank>[1]) => Promise<void>,
  ask: (url: string) => Promise<void>
) => {
  const stop = new AbortController()
  const url = Promise.withResolvers<string>()
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      url.resolve((JSON.parse(String(chunk)) as { url: string }).url)
      done()
    }
  })
  const out = TerminalOutput.make(stream)
  const ended = start({ json: true, configFile: undefined, out, signal: stop.signal })
  await Promise.race([url.promise, ended])
  await ask(await url.promise)
  stop.abort()
  await ended
}

const common = { port: 0, script: none, immediate: false, seed: 1 }
const bank = { ...common, customers: 10, month: "2026-09" }
const carrier = { ...common, log: path.join(folder, "c.ndjson"), webhook: none, secretFile: none }

const refused = async (start: Promise<void>) => {
  const error = await start.then(
    () => assert.fail("started"),
    (error: unknown) => error
  )
  return error instanceof Error ? error.message : assert.fail("no error")
}

const quiet = () => ({
  json: true,
  configFile: undefined,
  out: TerminalOutput.make(new Writable({ write: (_chunk, _encoding, done) => done() })),
  signal: AbortSignal.timeout(10_000)
})

describe("tidemark sandbox", () => {
  it("serves a bank until it is interrupted", async () => {
    await serving(
      (context) => Handler.bank(bank, context),
      async (url) => {
        const answer = await fetch(`${url}/v1/customers?month=2026-09`)
        const body = (await answer.json()) as { readonly customers: ReadonlyArray<unknown> }
        assert.lengthOf(body.customers, 10)
      }
    )
  })

  it("serves a carrier with the faults of a script", async () => {
    const script = file("faults.json", '[{"on":"lookup","kind":"5xx","times":1}]')
    await serving(
      (context) => Handler.carrier({ ...carrier, script }, context),
      async (url) => {
        const ask = () =>
          fetch(`${url}/v1/messages/lookup`, { method: "POST", body: '{"references":["r"]}' })
        assert.strictEqual((await ask()).status, 503)
        assert.strictEqual((await ask()).status, 200)
      }
    )
  })

  for (const [name, text, expected] of [
    ["broken", "[", /broken\.json: is no JSON/],
    ["kind", '[{"on":"submit","kind":"throttle"}]', /kind\.json: rule 0/],
    ["excess", '[{"on":"lookup","kind":"5xx","often":3}]', /excess\.json: rule 0/],
    ["shape", '{"on":"submit"}', /shape\.json: rule/]
  ] as const) {
    it(`refuses a script that is ${name}, naming the file and the rule`, async () => {
      const script = file(`${name}.json`, text)
      assert.match(await refused(Handler.carrier({ ...carrier, script }, quiet())), expected)
    })
  }

  it("refuses flags it cannot serve", async () => {
    const missing = Option.some(path.join(folder, "missing.json"))
    const hook = Option.some("http://127.0.0.1:1/hook")
    for (const [start, expected] of [
      [Handler.bank({ ...bank, month: "2026-9" }, quiet()), /--month/],
      [Handler.bank({ ...bank, customers: 0 }, quiet()), /--customers/],
      [Handler.bank({ ...bank, port: 70_000 }, quiet()), /--port/],
      [Handler.bank({ ...bank, script: missing }, quiet()), /cannot be read/],
      [Handler.carrier({ ...carrier, webhook: Option.some("hook") }, quiet()), /--webhook/],
      [Handler.carrier({ ...carrier, webhook: hook }, quiet()), /secret-file/],
      [
        Handler.carrier({ ...carrier, webhook: hook, secretFile: file("s", "short") }, quiet()),
        /is no secret/
      ]
    ] as const) {
      assert.match(await refused(start), expected)
    }
  })

  it("says that a port is taken", async () => {
    await serving(
      (context) => Handler.bank(bank, context),
      async (url) => {
        const port = Number(new URL(url).port)
        assert.match(
          await refused(Handler.bank({ ...bank, port }, quiet())),
          /cannot listen on port/
        )
      }
    )
  })
})
