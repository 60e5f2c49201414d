/**
 * Listens for receipts the carrier pushes: verified over the raw bytes, stored, and only then
 * answered. Folding is the next tick's work.
 *
 * **Guarantee** — 204 means stored; a push that could not be stored is answered 503, to come again.
 *
 * **Source** — delivery protocol 1.3 (stored before acknowledged); original architecture §4.3.
 */
import { Webhook } from "@tidemark/carrier-rest"
import { ProgramStore, SmsCarrier } from "@tidemark/core/effect"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { CommandFailed } from "./TerminalFailure.ts"

export interface WebhookOptions {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** Any of them may have signed: two while a secret is changed. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  /** Business time a receipt is stored under. */
  readonly time: Effect.Effect<number>
}

/** Where the carrier pushes to. */
export const path = "/api/deliveries/receipts"

/** A push above this size is answered 413 and never read to its end. */
export const mostBodyBytes = 1024 * 1024

/** A request that is not here by then is no push: a slow sender must not hold a connection. */
const requestTimeoutMs = 10_000

/** The address of a webhook that is listening before the store is open, and how to connect it. */
export interface ReceiptWebhook {
  readonly url: string
  readonly connect: Effect.Effect<void, never, ProgramStore | SmsCarrier>
}

type Receive = (request: IncomingMessage, body: Buffer) => Promise<number>

/**
 * Listens until the scope closes. Until it is connected it answers 503.
 *
 * **Answers, first match wins** — 404 another path · 405 no POST · 413 too large · 401 not signed
 * by the carrier · 400 signed, and no list of receipts · 503 not stored, come again · 204 stored
 */
export const listen = Effect.fnUntraced(function* (options: WebhookOptions) {
  let receive: Receive = notYet
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    void statusOf(request, (incoming, body) => receive(incoming, body)).then((status) => {
      // What is left of a body too large is not waited for.
      if (status === 413) response.setHeader("connection", "close")
      return response.writeHead(status).end(() => status === 413 && request.destroy())
    })
  })
  yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () => opened(server, options),
      catch: () =>
        new CommandFailed({
          reason: `cannot listen for receipts on ${options.host} port ${options.port}`
        })
    }),
    () => Effect.promise(() => closed(server))
  )
  const { port } = server.address() as AddressInfo
  const connect = Effect.gen(function* () {
    const context = yield* Effect.context<ProgramStore | SmsCarrier>()
    receive = (request, body) =>
      Effect.runPromiseWith(context)(store(options, request.headers, body))
  })
  const webhook: ReceiptWebhook = { url: `http://${options.host}:${port}${path}`, connect }
  return webhook
})

const opened = (server: Server, { host, port }: WebhookOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, () => resolve())
  })

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const notYet: Receive = () => Promise.resolve(503)

/** The status of one request; nothing of a wrong one is read. */
const statusOf = async (request: IncomingMessage, receive: Receive): Promise<number> => {
  if (request.url?.split("?", 1)[0] !== path) return 404
  if (request.method !== "POST") return 405
  try {
    const body = await bodyOf(request)
    return body === "too large" ? 413 : await receive(request, body)
  } catch {
    return 503
  }
}

/** The bytes as they came. Events and no iterator, which would cut the line before the answer. */
const bodyOf = (request: IncomingMessage): Promise<Buffer | "too large"> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"]) > mostBodyBytes) return resolve("too large")
    const chunks: Array<Buffer> = []
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= mostBodyBytes) chunks.push(chunk)
      else {
        request.pause()
        resolve("too large")
      }
    })
    request.on("end", () => resolve(Buffer.concat(chunks)))
    request.on("error", reject)
  })

const store = Effect.fnUntraced(
  function* (options: WebhookOptions, headers: Webhook.WebhookHeaders, body: Buffer) {
    const received = Webhook.receive(options.secrets, headers, body, yield* Clock.currentTimeMillis)
    if (received._tag === "Refused") {
      yield* Effect.logWarning("a receipt push was refused", { reason: received.reason })
      return 401
    }
    if (received._tag === "Malformed") {
      yield* Effect.logWarning("a receipt push was malformed")
      return 400
    }
    const programStore = yield* ProgramStore
    const carrier = yield* SmsCarrier
    yield* programStore.storeReceipts({
      nowMs: yield* options.time,
      via: "webhook",
      carrierAccount: carrier.account,
      reports: received.reports
    })
    return 204
  },
  Effect.catchTag("ProgramStoreError", (error) =>
    Effect.as(
      Effect.logError("a receipt push could not be stored; it will come again", {
        reason: error.reason
      }),
      503
    )
  )
)
