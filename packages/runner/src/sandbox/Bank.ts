/**
 * The sandbox bank as a real HTTP server on loopback, over the pure model.
 *
 * **Source** — docs/reference/bank-rest.md.
 */
import {
  SandboxBank as Model,
  SandboxBankFeed as Feed,
  type SandboxReply
} from "@tidemark/core/sandbox"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as BusinessClock from "./BusinessClock.ts"
import * as LoopbackServer from "./LoopbackServer.ts"

/** How to start a bank: the model's options, any of which may be left out but the months. */
export interface BankStart extends Partial<Model.BankOptions> {
  readonly months: Model.BankOptions["months"]
  /** 0, the default: any free port. */
  readonly port?: number
  readonly token?: string | null
  /** Business time at start; absent: the process clock until `PUT /sandbox/clock`. */
  readonly nowMs?: number
}

/** A running bank. */
export interface RunningBank {
  readonly url: string
  readonly tell: (nowMs: number) => Effect.Effect<void>
}

/** Starts a bank that lives as long as its scope. */
export const startBank = (options: BankStart): Effect.Effect<RunningBank, Error, Scope.Scope> =>
  Effect.gen(function* () {
    const { port, token, nowMs, ...model } = options
    const bank = Model.make({ ...Model.defaults, ...model })
    const clock = BusinessClock.make(nowMs ?? null, () => Date.now())
    const server = yield* LoopbackServer.start(
      { port: port ?? 0, token: token ?? null },
      (request) => handle(bank, clock, request)
    )
    return { url: server.url, tell: (nowMs) => Effect.sync(() => clock.tell(nowMs)) }
  })

const refused = (status: number, code: string): SandboxReply.Reply<never> => ({
  _tag: "Status",
  status,
  code,
  retryAfterSeconds: null
})

const isIds = Schema.is(Schema.Struct({ customerIds: Schema.Array(Schema.String) }))

const handle = (
  bank: Model.Bank,
  clock: BusinessClock.BusinessClock,
  request: LoopbackServer.SandboxRequest
): SandboxReply.Reply<unknown> => {
  const { query, body } = request
  switch (`${request.method} ${request.path}`) {
    case "GET /v1/closing-balances":
      return Feed.balances(bank, query.get("date") ?? "", query.get("cursor"), clock.nowMs())
    case "GET /v1/customers":
      return Feed.customers(bank, query.get("month") ?? "", query.get("cursor"))
    case "POST /v1/customers/contact":
      return isIds(body) ? Feed.contact(bank, body.customerIds) : refused(400, "BAD_REQUEST")
    case "POST /v1/customers/permissions":
      return isIds(body) ? Feed.permissions(bank, body.customerIds) : refused(400, "BAD_REQUEST")
    case "GET /sandbox/clock":
      return BusinessClock.show(clock)
    case "PUT /sandbox/clock": {
      const nowMs = BusinessClock.read(request)
      if (nowMs === undefined) return refused(400, "BAD_REQUEST")
      clock.tell(nowMs)
      return BusinessClock.show(clock)
    }
    default:
      return refused(404, "NOT_FOUND")
  }
}
