/**
 * Listens for receipts the carrier pushes: verified over the raw bytes, stored, and only then
 * answered. Folding is the next tick's work.
 *
 * **Guarantee** — 204 means stored; a push that could not be stored is answered 503 and comes again.
 *
 * **Source** — delivery protocol 1.3 (stored before they are acknowledged); original architecture §4.3.
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
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  /** Business time a receipt is stored under. */
  readonly time: Effect.Effect<number>
}

/** Where the carrier pushes to. */
export const path = "/api/deliveries/receipts"

const mostBodyBytes = 1024 * 1024

/** The address of a webhook that is listening before the store is open, and how to connect it. */
export interface ReceiptWebhook {
  readonly url: string
  readonly connect: Effect.Effect<void, never, ProgramStore | SmsCarrier>
}

type Receive = (request: IncomingMessage, body: Buffer) => Promise<number>

/** Listens until the scope closes. Until it is connected it answers 503. */
export const listen = Effect.fnUntraced(function* (options: WebhookOptions) {
  let receive: Receive = () => Promise.resolve(503)
  const server = createServer((request, response) => {
    answer(request, (incoming, body) => receive(incoming, body)).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(503).end()
    )
  })
  yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () => opened(server, options),
      catch: () =>
        new CommandFailed({ reason: `cannot listen for receipts on port ${options.port}` })
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

/** The status of one request; nothing of a wrong one is read. */
const answer = async (request: IncomingMessage, receive: Receive): Promise<number> => {
  if (request.url !== path) return 404
  if (request.method !== "POST") return 405
  const chunks: Array<Buffer> = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBodyBytes) return 413
    chunks.push(chunk)
  }
  return receive(request, Buffer.concat(chunks))
}

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
  Effect.catchTag("ProgramStoreError", () => Effect.succeed(503))
)
