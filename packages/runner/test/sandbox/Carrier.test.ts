import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import * as carrierRest from "@tidemark/carrier-rest"
import { SmsCarrier, type Submission } from "@tidemark/core/effect"
import { Msisdn } from "@tidemark/core/recipient"
import type { SandboxScript } from "@tidemark/core/testing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { assert, describe, it } from "vitest"
import { type CarrierStart, startCarrier } from "../../src/sandbox/Carrier.ts"

const nowMs = 1_791_180_000_000
const hour = 3_600_000

const message = (n: number): Submission => ({
  reference: `r${n}`,
  idempotencyKey: `r${n}.0`,
  to: Msisdn.fromE164(`+9725270${String(n).padStart(5, "0")}`) ?? assert.fail("no number"),
  senderId: "Tidemark",
  text: "Thank you",
  validUntilMs: nowMs + 5 * hour
})

const messages = (count: number) => Array.from({ length: count }, (_, index) => message(index + 1))

const adapter = (url: string) =>
  Effect.map(Layer.build(carrierRest.layer({ url, requestTimeoutMs: 20_000 })), (context) =>
    Context.get(context, SmsCarrier)
  )

const submit = (carrier: (typeof SmsCarrier)["Service"], batch: ReadonlyArray<Submission>) =>
  carrier.submit({
    batchId: "b",
    messages: batch,
    deadline: {
      startedAt: { wallMs: Date.now(), monotonicMs: Number(process.hrtime.bigint() / 1_000_000n) },
      allowedMs: 60_000
    }
  })

const run = <A>(program: Effect.Effect<A, unknown, Scope.Scope>) =>
  Effect.runPromise(Effect.scoped(program))

const folder = () => fs.mkdtempSync(path.join(os.tmpdir(), "tidemark-sandbox-"))

const json = async (url: string, init?: RequestInit) =>
  (await (await fetch(url, init)).json()) as Record<string, unknown>

describe("the sandbox carrier", () => {
  it("loses nothing it acknowledged when its process is killed", async () => {
    const directory = folder()
    const logFile = path.join(directory, "carrier.ndjson")
    const script = path.join(import.meta.dirname, "child.ts")
    const start = async () => {
      const child = spawn(process.execPath, [script, logFile], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      const url = await new Promise<string>((resolve) => {
        child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()))
      })
      return { child, url }
    }
    const first = await start()
    const ids = await run(
      Effect.gen(function* () {
        const carrier = yield* adapter(first.url)
        const outcomes = yield* submit(carrier, messages(100))
        // A request that is under way when the process dies.
        const lost = Effect.runPromise(submit(carrier, [message(101)]))
        first.child.kill("SIGKILL")
        yield* Effect.promise(() => lost)
        return outcomes.map((outcome) =>
          outcome._tag === "Accepted" ? outcome.carrierMessageId : assert.fail(outcome._tag)
        )
      })
    )
    // What a death in the middle of a write leaves behind.
    fs.appendFileSync(logFile, '{"t":"accepted","at":17911')
    const second = await start()
    await run(
      Effect.gen(function* () {
        const carrier = yield* adapter(second.url)
        const references = messages(100).map(({ reference }) => reference)
        const answers = yield* carrier.lookup(references)
        assert.deepStrictEqual(
          answers.map((answer) => (answer._tag === "Found" ? answer.carrierMessageId : null)),
          ids
        )
        // The same keys give the stored answers, and the message in flight is taken once.
        const again = yield* submit(carrier, messages(101))
        assert.deepStrictEqual(
          again
            .slice(0, 100)
            .map((outcome) => outcome._tag === "Accepted" && outcome.carrierMessageId),
          ids
        )
        const summary = yield* Effect.promise(() => json(`${second.url}/sandbox/log-summary`))
        assert.strictEqual(summary["accepted"], 101)
        assert.strictEqual(summary["duplicates"], 0)
      })
    )
    second.child.kill("SIGKILL")
    fs.rmSync(directory, { recursive: true })
  })

  it("goes on in time and story where its log ended", async () => {
    const directory = folder()
    const options: CarrierStart = {
      logFile: path.join(directory, "deep", "carrier.ndjson"),
      nowMs,
      script: [{ on: "receipt", kind: "late" }]
    }
    const before = await run(
      Effect.gen(function* () {
        const running = yield* startCarrier(options)
        const carrier = yield* adapter(running.url)
        yield* submit(carrier, messages(5))
        yield* running.tell(nowMs + hour)
        return yield* carrier.pollReceipts(["r1"])
      })
    )
    assert.lengthOf(before, 1)
    await run(
      Effect.gen(function* () {
        const running = yield* startCarrier(options)
        const clock = yield* Effect.promise(() => json(`${running.url}/sandbox/clock`))
        assert.isAtLeast(Number(clock["nowMs"]), nowMs)
        const carrier = yield* adapter(running.url)
        assert.deepStrictEqual(yield* carrier.pollReceipts(["r1"]), before)
        yield* running.tell(nowMs + 31 * hour)
        const after = yield* carrier.pollReceipts(["r1"])
        assert.deepStrictEqual(
          after.map(({ receipt }) => receipt.state),
          ["enroute", "delivered"]
        )
        assert.strictEqual((yield* running.audit).receipts, 10)
      })
    )
    fs.rmSync(directory, { recursive: true })
  })

  it("is told business time, never goes back in it, and refuses what is no time", async () => {
    await run(
      Effect.gen(function* () {
        const { url } = yield* startCarrier()
        const clock = `${url}/sandbox/clock`
        const put = (body: unknown) => ({ method: "PUT", body: JSON.stringify(body) })
        assert.isFalse((yield* Effect.promise(() => json(clock)))["told"])
        const now = new Date(nowMs).toISOString()
        const told = yield* Effect.promise(() => json(clock, put({ now })))
        assert.deepStrictEqual(told, { nowMs, now, told: true })
        const back = yield* Effect.promise(() => json(clock, put({ nowMs: nowMs - 1 })))
        assert.strictEqual(back["nowMs"], nowMs)
        for (const body of [{ now: "tomorrow" }, { nowMs: "1" }, null, []]) {
          const answer = yield* Effect.promise(() => fetch(clock, put(body)))
          assert.strictEqual(answer.status, 400)
        }
      })
    )
  })

  it("delivers at once in null mode", async () => {
    await run(
      Effect.gen(function* () {
        const running = yield* startCarrier({ immediate: true, nowMs })
        const carrier = yield* adapter(running.url)
        yield* submit(carrier, messages(2))
        const reports = yield* carrier.pollReceipts(["r1", "r2"])
        assert.deepStrictEqual(
          reports.map(({ receipt }) => receipt.state),
          ["delivered", "delivered"]
        )
      })
    )
  })

  it("refuses a request without its token, and one that is not as the contract says", async () => {
    await run(
      Effect.gen(function* () {
        const { url, audit } = yield* startCarrier({ nowMs, token: "secret" })
        const post = (body: string, token = "secret") =>
          Effect.promise(async () => {
            const headers = { authorization: `Bearer ${token}` }
            const answer = await fetch(`${url}/v1/messages`, { method: "POST", body, headers })
            return answer.status
          })
        const whole = {
          reference: "r1",
          idempotencyKey: "r1.0",
          to: "+972527000001",
          from: "Tidemark",
          text: "x",
          validUntil: null
        }
        assert.strictEqual(yield* post(JSON.stringify({ messages: [whole] }), "wrong"), 401)
        for (const change of [
          { to: "0527000001" },
          { text: "" },
          { validUntil: "tomorrow" },
          { validUntil: 5 },
          { reference: "r".repeat(65) },
          { from: "a sender of sixteen" }
        ]) {
          const body = JSON.stringify({ messages: [{ ...whole, ...change }] })
          assert.strictEqual(yield* post(body), 400, JSON.stringify(change))
        }
        for (const body of ["", "{", "[]", '{"messages":[]}']) {
          assert.strictEqual(yield* post(body), 400, body)
        }
        assert.strictEqual((yield* audit).requests, 0)
        assert.strictEqual(yield* post(JSON.stringify({ messages: [whole] })), 202)
      })
    )
  })
})

const secret = `whsec_${Buffer.alloc(32, 5).toString("base64")}`

/** A receiver that verifies as a runner does. `answers`: statuses given before 204. */
const receiver = (answers: ReadonlyArray<number> = []) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const results: Array<carrierRest.Webhook.WebhookResult> = []
      let requests = 0
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          const status = answers[requests++] ?? 204
          if (status === 204) {
            const body = Buffer.concat(chunks)
            const keys = [Redacted.make(secret)]
            results.push(carrierRest.Webhook.receive(keys, request.headers, body, Date.now()))
          }
          response.writeHead(status).end()
        })
      })
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve)
      })
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
      return { server, url, results, requests: () => requests }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

const pushed = (script: SandboxScript.CarrierScript, answers: ReadonlyArray<number> = []) =>
  Effect.gen(function* () {
    const hook = yield* receiver(answers)
    const running = yield* startCarrier({ nowMs, script, webhook: { url: hook.url, secret } })
    const carrier = yield* adapter(running.url)
    yield* submit(carrier, messages(3))
    yield* running.tell(nowMs + hour)
    const polled = yield* carrier.pollReceipts(["r1", "r2", "r3"])
    return { ...hook, running, polled }
  })

const tags = (results: ReadonlyArray<carrierRest.Webhook.WebhookResult>) =>
  results.map((result) => (result._tag === "Refused" ? result.reason : result._tag))

describe("receipts pushed by the sandbox carrier", () => {
  it("are signed, and the same by push and by poll", async () => {
    await run(
      Effect.gen(function* () {
        const { results, polled } = yield* pushed([])
        assert.deepStrictEqual(tags(results), ["Receipts"])
        const digests = results.flatMap((result) =>
          result._tag === "Receipts" ? result.reports.map(({ digest }) => digest) : []
        )
        assert.lengthOf(digests, 6)
        assert.sameMembers(
          digests,
          polled.map(({ digest }) => digest)
        )
      })
    )
  })

  it("are pushed again after a 5xx, and never after a 4xx", async () => {
    await run(
      Effect.gen(function* () {
        const again = yield* pushed([], [503])
        assert.deepStrictEqual(tags(again.results), ["Receipts"])
        const refused = yield* pushed([], [400])
        assert.deepStrictEqual(tags(refused.results), [])
        assert.strictEqual(refused.requests(), 1)
      })
    )
  })

  for (const [kind, expected] of [
    ["wrong-signature", ["BAD_SIGNATURE"]],
    ["duplicate-push", ["Receipts", "Receipts"]],
    ["unknown-reference", ["Receipts"]],
    ["drop", []]
  ] as const) {
    it(`can suffer ${kind}, and are there for the poll`, async () => {
      await run(
        Effect.gen(function* () {
          const { results, polled, running } = yield* pushed([{ on: "webhook", kind }])
          assert.deepStrictEqual(tags(results), [...expected])
          assert.lengthOf(polled, 6)
          if (kind === "unknown-reference") {
            const [first] = results
            const references =
              first?._tag === "Receipts" ? first.reports.map(({ reference }) => reference) : []
            for (const reference of references) assert.match(reference ?? "", /^other-/)
          }
          assert.strictEqual((yield* running.audit).faults[`webhook/${kind}`], 1)
        })
      )
    })
  }
})
