/**
 * The contracts of three ports, through the REST adapters, against the sandbox servers on loopback.
 *
 * Planted in the adapters and seen red here: a lost request called not sent; a digest that differs
 * from poll to poll; a cursor that leads to itself let through.
 */
import * as bankRest from "@tidemark/bank-rest"
import * as carrierRest from "@tidemark/carrier-rest"
import { ClosingBalances, Customers, SmsCarrier } from "@tidemark/core/effect"
import { CalendarMonth } from "@tidemark/core/rules"
import {
  closingBalancesContract,
  customersContract,
  smsCarrierContract
} from "@tidemark/core/testing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { startBank } from "../../src/sandbox/Bank.ts"
import { startCarrier } from "../../src/sandbox/Carrier.ts"

const token = "sandbox-token"
const shared = { token: Redacted.make(token), requestTimeoutMs: 400 }
/** Long enough for a busy machine where no time-out is scripted. */
const patient = { token: Redacted.make(token), requestTimeoutMs: 10_000 }

const timing = (script: ReadonlyArray<{ readonly kind: string }>) =>
  script.some(({ kind }) => kind.startsWith("timeout")) ? shared : patient

smsCarrierContract("REST", ({ script, nowMs }) =>
  Effect.gen(function* () {
    const running = yield* startCarrier({ script, nowMs, token })
    const context = yield* Layer.build(
      carrierRest.layer({ url: running.url, ...timing(script), isSandbox: true })
    )
    const carrier = Context.get(context, SmsCarrier)
    return { carrier, tell: running.tell, audit: running.audit }
  })
)

const months = [CalendarMonth.parse("2026-09")].filter((month) => month !== undefined)

closingBalancesContract("REST", ({ script, ...options }) =>
  Effect.gen(function* () {
    const running = yield* startBank({ script, months, token, ...options })
    const context = yield* Layer.build(
      bankRest.layer({ url: running.url, ...timing(script), retryDelayMs: 1, retries: 1 })
    )
    return { balances: Context.get(context, ClosingBalances), tell: running.tell }
  })
)

customersContract("REST", ({ script, month, ...options }) =>
  Effect.gen(function* () {
    const running = yield* startBank({ script, months: [month], token, ...options })
    const context = yield* Layer.build(
      bankRest.layer({ url: running.url, ...timing(script), retryDelayMs: 1, retries: 1 })
    )
    return { customers: Context.get(context, Customers) }
  })
)
