/**
 * The webhook over HTTP: what is answered, what is stored, and how often.
 *
 * **Source** — delivery protocol 1.3; Standard Webhooks 1.0.
 */
import { ProgramStore, ProgramStoreError, Secrets, SmsCarrier } from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import { request } from "node:http"
import { assert, describe, it } from "vitest"
import * as ReceiptWebhook from "../../src/ReceiptWebhook.ts"
import { sign } from "../../src/sandbox/WebhookPush.ts"

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`
const businessMs = Date.parse("2026-10-05T09:00:00Z")

const body = JSON.stringify({
  receipts: [
    {
      reference: "r1",
      id: "m1",
      state: "delivered",
      part: 1,
      parts: null,
      code: null,
      at: "2026-10-05T09:00:00.000Z"
    }
  ]
})

interface Stored {
  readonly stored: number
  readonly duplicates: number
  readonly nowMs: number
}

interface Listening {
  readonly url: string
  /** What the store was given, and what it answered. */
  readonly stored: ReadonlyArray<Stored>
  readonly connect: () => Promise<void>
  /** From now on the store fails. */
  readonly breakStore: () => void
}

const memory = Layer.merge(
  SmsCarrier.layerMemory,
  ProgramStore.layerMemory({ program: "premium-retail" }).pipe(
    Layer.provide(Secrets.layerMemory(new Uint8Array(32).fill(7)))
  )
)

const silent = Layer.succeed(References.MinimumLogLevel, "None")

const unavailable = new ProgramStoreError({ reason: "Unavailable", detail: "planted" })

/** A webhook before a memory store, for as long as `use` takes. */
const listening = (use: (listening: Listening) => Promise<void>): Promise<void> =>
  Effect.gen(function* () {
    const webhook = yield* ReceiptWebhook.listen({
      port: 0,
      host: "127.0.0.1",
      secrets: [Redacted.make(secret)],
      time: Effect.succeed(businessMs)
    })
    const stored: Array<Stored> = []
    let isBroken = false
    const store = yield* ProgramStore
    const watched = ProgramStore.of({
      ...store,
      storeReceipts: (input) =>
        isBroken
          ? Effect.fail(unavailable)
          : Effect.tap(store.storeReceipts(input), (result) =>
              Effect.sync(() => stored.push({ ...result, nowMs: input.nowMs }))
            )
    })
    const context = yield* Effect.context<SmsCarrier>()
    const connect = webhook.connect.pipe(
      Effect.provideService(ProgramStore, watched),
      Effect.provide(context)
    )
    yield* Effect.promise(() =>
      use({
        url: webhook.url,
        stored,
        connect: () => Effect.runPromise(connect),
        breakStore: () => (isBroken = true)
      })
    )
  }).pipe(Effect.scoped, Effect.provide([memory, silent]), Effect.runPromise)

const pushed = async (
  url: string,
  { method = "POST", signed, text = body }: { method?: string; signed?: string; text?: string } = {}
): Promise<number> => {
  const timestamp = Math.floor(Date.now() / 1000)
  const response = await fetch(url, {
    method,
    ...(method === "GET" ? {} : { body: text }),
    headers: {
      "webhook-id": "wh_1",
      "webhook-timestamp": String(timestamp),
      "webhook-signature": sign(secret, "wh_1", timestamp, signed ?? text)
    }
  })
  return response.status
}

describe("the receipt webhook", () => {
  it("answers 204 when a receipt is stored, and stores the same one once", () =>
    listening(async ({ connect, stored, url }) => {
      await connect()
      assert.strictEqual(await pushed(url), 204)
      assert.strictEqual(await pushed(url), 204)
      assert.deepStrictEqual(stored, [
        { stored: 1, duplicates: 0, nowMs: businessMs },
        { stored: 0, duplicates: 1, nowMs: businessMs }
      ])
    }))

  it("answers 503 before the store is there and when the store fails, to be pushed again", () =>
    listening(async ({ breakStore, connect, stored, url }) => {
      assert.strictEqual(await pushed(url), 503)
      await connect()
      breakStore()
      assert.strictEqual(await pushed(url), 503)
      assert.deepStrictEqual(stored, [])
    }))

  it("stores nothing of what is not signed, not receipts, or not asked for", () =>
    listening(async ({ connect, stored, url }) => {
      await connect()
      assert.strictEqual(await pushed(url, { signed: `${body} ` }), 401)
      assert.strictEqual((await fetch(url, { method: "POST", body })).status, 401)
      assert.strictEqual(await pushed(url, { text: '{"receipts":[{}]}' }), 400)
      assert.strictEqual(await pushed(url, { text: "no JSON" }), 400)
      assert.strictEqual(await pushed(url, { method: "GET" }), 405)
      assert.strictEqual(await pushed(url.replace(/receipts$/, "inbound")), 404)
      assert.deepStrictEqual(stored, [])
    }))

  it("answers 413 to what is too large, whether its size was declared or not", () =>
    listening(async ({ connect, stored, url }) => {
      await connect()
      const large = Buffer.alloc(ReceiptWebhook.mostBodyBytes + 1, "a")
      assert.strictEqual(await statusOf(url, large, { "content-length": large.length }), 413)
      assert.strictEqual(await statusOf(url, large, { "transfer-encoding": "chunked" }), 413)
      const most = Buffer.alloc(ReceiptWebhook.mostBodyBytes, "a")
      assert.strictEqual(await statusOf(url, most, { "content-length": most.length }), 401)
      assert.deepStrictEqual(stored, [])
    }))

  it("says where it cannot listen", async () => {
    await listening(async ({ url }) => {
      const port = Number(new URL(url).port)
      const again = ReceiptWebhook.listen({
        port,
        host: "127.0.0.1",
        secrets: [],
        time: Effect.succeed(businessMs)
      })
      const error = await Effect.runPromise(Effect.flip(Effect.scoped(again)))
      assert.strictEqual(error.message, `cannot listen for receipts on 127.0.0.1 port ${port}`)
    })
  })
})

/** The status of a request whose body may never be read to its end. */
const statusOf = (url: string, bytes: Buffer, headers: Record<string, string | number>) =>
  new Promise<number>((resolve, reject) => {
    const sending = request(url, { method: "POST", headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    // The line may be cut while we still write; only a missing answer is a failure.
    sending.on("error", reject)
    sending.end(bytes)
  })
