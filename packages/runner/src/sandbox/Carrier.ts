/**
 * The sandbox carrier as a real HTTP server on loopback, over the pure model, with its log on disk.
 *
 * **Guarantee** — what was answered is in the log; a carrier started again on the same log knows
 * everything it acknowledged.
 *
 * **Source** — delivery protocol 1.5; docs/reference/carrier-rest.md.
 */
import {
  SandboxCarrier as Model,
  SandboxCarrierLog,
  SandboxCarrierReads as Reads,
  SandboxCarrierSubmit as Submit,
  type SandboxReply,
  type SandboxScript
} from "@tidemark/core/sandbox"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as BusinessClock from "./BusinessClock.ts"
import * as CarrierLog from "./CarrierLog.ts"
import * as CarrierWire from "./CarrierWire.ts"
import * as LoopbackServer from "./LoopbackServer.ts"
import * as WebhookPush from "./WebhookPush.ts"

/** How to start a carrier. Every field has a default. */
export interface CarrierStart {
  /** 0, the default: any free port. */
  readonly port?: number
  readonly token?: string | null
  readonly seed?: number
  readonly script?: SandboxScript.CarrierScript
  /** Accept and deliver at once, without faults. */
  readonly immediate?: boolean
  readonly maxBatch?: number
  readonly throttleSeconds?: number
  /** Absent: the log lives in memory only. */
  readonly logFile?: string
  readonly webhook?: WebhookPush.WebhookOptions
  /** Business time at start; absent: the process clock until `PUT /sandbox/clock`. */
  readonly nowMs?: number
}

/** A running carrier. */
export interface RunningCarrier {
  readonly url: string
  /** Sets business time, tells the receipts due and waits until pushes were answered. */
  readonly tell: (nowMs: number) => Effect.Effect<void>
  readonly settled: Effect.Effect<void>
  /** Reads the whole log: what really happened. */
  readonly audit: Effect.Effect<SandboxCarrierLog.CarrierAudit>
}

/** Receipts per webhook request. */
const receiptsPerPush = 500

interface Running {
  readonly model: Model.Carrier
  readonly log: CarrierLog.CarrierLog
  readonly clock: BusinessClock.BusinessClock
  readonly webhook: WebhookPush.WebhookPush | null
}

/** Starts a carrier that lives as long as its scope. */
export const startCarrier = (
  options: CarrierStart = {}
): Effect.Effect<RunningCarrier, Error, Scope.Scope> =>
  Effect.gen(function* () {
    const log =
      options.logFile === undefined
        ? CarrierLog.inMemory()
        : yield* CarrierLog.inFile(options.logFile)
    const running = yield* build(options, log)
    const server = yield* LoopbackServer.start(
      {
        port: options.port ?? 0,
        token: options.token ?? null,
        statuses: { "/v1/messages": 202 }
      },
      (request) => handle(running, request)
    )
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        setInterval(() => {
          if (!running.clock.isTold()) release(running)
        }, 1000)
      ),
      (timer) => Effect.sync(() => clearInterval(timer))
    )
    return {
      url: server.url,
      tell: (nowMs) => Effect.promise(() => tell(running, nowMs)),
      settled: Effect.promise(async () => running.webhook?.settled()),
      audit: Effect.sync(() => SandboxCarrierLog.auditCarrierLog(log.read()))
    }
  })

const processNowMs = () => Date.now()

/** The state from the log, and everything beside it. */
const build = (
  options: CarrierStart,
  log: CarrierLog.CarrierLog
): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.gen(function* () {
    const model = Model.make(
      {
        ...Model.defaults,
        seed: options.seed ?? Model.defaults.seed,
        script: options.script ?? [],
        immediate: options.immediate ?? false,
        maxBatch: options.maxBatch ?? Model.defaults.maxBatch,
        throttleSeconds: options.throttleSeconds ?? Model.defaults.throttleSeconds
      },
      options.nowMs ?? 0
    )
    yield* Effect.sync(() => {
      for (const line of log.read()) Model.append(model, line)
    })
    const startMs = options.nowMs === undefined ? null : Math.max(options.nowMs, model.nowMs)
    const webhook =
      options.webhook === undefined
        ? null
        : yield* Effect.acquireRelease(
            Effect.sync(() =>
              WebhookPush.make(options.webhook as WebhookPush.WebhookOptions, processNowMs)
            ),
            (push) => Effect.sync(push.stop)
          )
    return { model, log, clock: BusinessClock.make(startMs, processNowMs), webhook }
  })

/** Tells what is due by now: kept in the log first, then pushed. */
const release = (running: Running): void => {
  const { model, log, webhook } = running
  const advance = Model.advance(model, running.clock.nowMs())
  log.append(advance.lines)
  if (webhook === null) return
  for (let start = 0; start < advance.receipts.length; start += receiptsPerPush) {
    const id = `wh_${model.options.seed}_${model.counters.met.get("webhook") ?? 0}`
    const fault = Reads.webhookFault(model, id, model.nowMs)
    log.append(fault.lines)
    const receipts = advance.receipts.slice(start, start + receiptsPerPush)
    webhook.push(id, receipts.map(CarrierWire.receipt), fault.kind)
  }
}

const tell = async (running: Running, nowMs: number): Promise<void> => {
  running.clock.tell(nowMs)
  release(running)
  await running.webhook?.settled()
}

const refused = (status: number, code: string): SandboxReply.Reply<never> => ({
  _tag: "Status",
  status,
  code,
  retryAfterSeconds: null
})

const handle: (
  running: Running,
  request: LoopbackServer.SandboxRequest
) => SandboxReply.Reply<unknown> | Promise<SandboxReply.Reply<unknown>> = (running, request) => {
  switch (`${request.method} ${request.path}`) {
    case "POST /v1/messages":
      return submit(running, request.body)
    case "POST /v1/messages/lookup": {
      const references = CarrierWire.references(request.body)
      if (references === undefined) return refused(400, "BAD_REQUEST")
      const { lines, reply } = Reads.lookup(running.model, references, running.clock.nowMs())
      running.log.append(lines)
      return CarrierWire.mapBody(reply, CarrierWire.lookup)
    }
    case "POST /v1/receipts/query": {
      const references = CarrierWire.references(request.body)
      if (references === undefined) return refused(400, "BAD_REQUEST")
      const { lines, reply } = Reads.receipts(running.model, references, running.clock.nowMs())
      running.log.append(lines)
      return CarrierWire.mapBody(reply, CarrierWire.receipts)
    }
    case "GET /sandbox/clock":
      return BusinessClock.show(running.clock)
    case "PUT /sandbox/clock": {
      const nowMs = BusinessClock.read(request)
      if (nowMs === undefined) return refused(400, "BAD_REQUEST")
      return tell(running, nowMs).then(() => BusinessClock.show(running.clock))
    }
    case "GET /sandbox/log-summary":
      return summary(running)
    default:
      return refused(404, "NOT_FOUND")
  }
}

const submit = (running: Running, body: unknown): SandboxReply.Reply<unknown> => {
  const messages = CarrierWire.messages(body)
  if (messages === undefined) return refused(400, "BAD_REQUEST")
  const { lines, reply } = Submit.submit(running.model, messages, running.clock.nowMs())
  running.log.append(lines)
  // Receipts due at once come after the answer, as they do on a real line.
  setImmediate(() => release(running))
  return reply
}

const summary = (running: Running): SandboxReply.Reply<unknown> => ({
  _tag: "Answer",
  body: {
    ...SandboxCarrierLog.auditCarrierLog(running.log.read()),
    open: running.model.open.size,
    webhook: running.webhook?.counts ?? null
  },
  cut: "no"
})
