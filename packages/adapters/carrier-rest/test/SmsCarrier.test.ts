import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { SmsCarrier } from "@tidemark/core/effect"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { assert, describe, it } from "vitest"
import * as carrierRest from "../src/index.ts"

/** A carrier that gives every request this answer, or none where it is `null`. */
const carrier = (answer: string | null) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const seen = { requests: 0, closed: 0, authorization: "" }
      const server = createServer((request, response) => {
        request.resume()
        seen.requests++
        seen.authorization = request.headers.authorization ?? ""
        response.on("close", () => seen.closed++)
        if (answer !== null) response.writeHead(200).end(answer)
      })
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve)
      })
      return { server, seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

const portAt = (url: string) =>
  Effect.map(Layer.build(carrierRest.layer({ url })), (context) => Context.get(context, SmsCarrier))

describe("SmsCarrier over REST", () => {
  it("proves nothing by a look-up that leaves a reference out", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const { url } = yield* carrier('{"messages":[{"reference":"r1","found":false}]}')
          const port = yield* portAt(url)
          assert.lengthOf(yield* port.lookup(["r1"]), 1)
          const error = yield* Effect.flip(port.lookup(["r1", "r2"]))
          assert.strictEqual(error.reason, "Malformed")
          assert.strictEqual(error.code, "INCOMPLETE_LOOKUP")
        })
      )
    ))

  it("asks nothing about no references", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const { url, seen } = yield* carrier("")
          const port = yield* portAt(url)
          assert.deepStrictEqual(yield* port.lookup([]), [])
          assert.deepStrictEqual(yield* port.pollReceipts([]), [])
          assert.strictEqual(seen.requests, 0)
        })
      )
    ))

  it("cuts the connection of a request nobody waits for any more", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const { url, seen } = yield* carrier(null)
          const port = yield* portAt(url)
          const fiber = yield* Effect.forkChild(port.lookup(["r1"]))
          const wait = Effect.sleep("5 millis")
          while (seen.requests === 0) yield* wait
          yield* Fiber.interrupt(fiber)
          while (seen.closed === 0) yield* wait
          assert.strictEqual(seen.requests, 1)
        })
      )
    ))

  it("is configured by the environment, its token never printed", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const { url, seen } = yield* carrier('{"receipts":[]}')
          const env = {
            TIDEMARK_CARRIER_URL: url,
            TIDEMARK_CARRIER_TOKEN: "t0ken",
            TIDEMARK_CARRIER_ACCOUNT: "bank-7",
            TIDEMARK_CARRIER_MAX_BATCH: "100"
          }
          const provider = ConfigProvider.layer(ConfigProvider.fromEnv({ env }))
          const context = yield* Layer.build(carrierRest.layerConfig.pipe(Layer.provide(provider)))
          const port = Context.get(context, SmsCarrier)
          assert.strictEqual(port.account, "bank-7")
          assert.isFalse(port.isSandbox)
          assert.strictEqual(port.capabilities.maxBatch, 100)
          assert.deepStrictEqual(yield* port.pollReceipts(["r1"]), [])
          assert.strictEqual(seen.authorization, "Bearer t0ken")
          const options = carrierRest.options({ url, token: Redacted.make("t0ken") })
          assert.notInclude(JSON.stringify(options), "t0ken")
        })
      )
    ))
})
