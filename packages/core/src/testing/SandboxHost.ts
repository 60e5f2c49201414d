/**
 * The sandbox bank and carrier as a host would have them: plain async functions, ready for
 * `Tidemark.open`. For a host's own tests, and for examples.
 *
 * **Source** — architecture, Embedding; delivery protocol 1.5.
 */
import * as Effect from "effect/Effect"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as Instant from "../calendar/Instant.ts"
import type { Failure } from "../delivery/Failure.ts"
import * as Receipt from "../delivery/Receipt.ts"
import type {
  HostBalances,
  HostCarrier,
  HostCustomers,
  HostOutcome,
  HostReceipt
} from "../embed/HostPorts.ts"
import { instantMs } from "../embed/Instants.ts"
import type { Tidemark } from "../embed/TidemarkTypes.ts"
import type { MonthlyReport } from "../report/MonthlyReport.ts"
import * as SandboxBank from "./SandboxBank.ts"
import * as SandboxBankFeed from "./SandboxBankFeed.ts"
import * as SandboxCarrier from "./SandboxCarrier.ts"
import * as SandboxCarrierLog from "./SandboxCarrierLog.ts"
import * as SandboxCarrierReads from "./SandboxCarrierReads.ts"
import * as SandboxCarrierSubmit from "./SandboxCarrierSubmit.ts"
import * as SandboxReply from "./SandboxReply.ts"
import type { CarrierScript } from "./SandboxScript.ts"
import { capabilities } from "./SmsCarrierMemory.ts"

export interface SandboxHostOptions {
  /** The month whose accounts open and close, `YYYY-MM`. */
  readonly month: string
  /** Default 40. */
  readonly customers?: number
  readonly seed?: number
  /** Faults of the carrier; default none. */
  readonly script?: CarrierScript
  /** Customers per page; default 1,000. */
  readonly pageSize?: number
}

export interface SandboxHost {
  readonly balances: HostBalances
  readonly customers: HostCustomers
  readonly carrier: HostCarrier
  /** Business time is now this instant, ISO 8601 in UTC; receipts due become known. */
  readonly tell: (now: string) => void
  /** What the carrier's own log says, `duplicates` among it. */
  readonly audit: () => SandboxCarrierLog.CarrierAudit
}

/** A bank and a carrier in memory, of one seed. */
export const make = (options: SandboxHostOptions): SandboxHost => {
  const month = monthOf(options.month)
  let nowMs = BusinessDate.toEpochDay(CalendarMonth.first(month)) * 86_400_000
  const seed = options.seed ?? 1
  const bank = SandboxBank.make({
    ...SandboxBank.defaults,
    seed,
    customers: options.customers ?? 40,
    pageSize: options.pageSize ?? 1000,
    months: [month]
  })
  const log: Array<SandboxCarrierLog.LogLine> = []
  const carrier = SandboxCarrier.make(
    { ...SandboxCarrier.defaults, seed, throttleSeconds: 0, script: options.script ?? [] },
    nowMs
  )
  const answered = <A>(outcome: SandboxCarrier.Outcome<A>): A => {
    log.push(...outcome.lines)
    const { reply } = outcome
    if (reply._tag === "Answer" && reply.cut === "no") return reply.body
    throw new Error(`the sandbox carrier gave no answer: ${reply._tag}`)
  }
  return {
    balances: {
      page: async (date, cursor) =>
        asked(SandboxBankFeed.balances(bank, BusinessDate.unchecked(date), cursor, nowMs), page)
    },
    customers: {
      active: async (of, cursor) =>
        asked(SandboxBankFeed.customers(bank, monthOf(of), cursor), (body) => body),
      contact: async (ids) => asked(SandboxBankFeed.contact(bank, ids), (body) => body.contacts),
      mayContact: async (ids) =>
        asked(SandboxBankFeed.permissions(bank, ids), (body) => body.permissions)
    },
    carrier: {
      capabilities,
      account: "sandbox",
      sandbox: true,
      submit: async (messages) => {
        const wire = messages.map((message) => ({
          reference: message.reference,
          idempotencyKey: message.idempotencyKey,
          to: message.to,
          from: message.senderId,
          text: message.text,
          validUntilMs: message.validUntilMs
        }))
        return answered(SandboxCarrierSubmit.submit(carrier, wire, nowMs)).results.map(outcome)
      },
      lookup: async (references) =>
        answered(SandboxCarrierReads.lookup(carrier, references, nowMs)).messages.map((answer) =>
          answer.found
            ? {
                found: true,
                reference: answer.reference,
                carrierMessageId: answer.id,
                receipt: answer.receipt === null ? null : receipt(answer.receipt)
              }
            : { found: false, reference: answer.reference }
        ),
      receipts: async (references) =>
        answered(SandboxCarrierReads.receipts(carrier, references, nowMs)).receipts.map(receipt)
    },
    tell: (now) => {
      nowMs = instantMs(now, "now")
      log.push(...SandboxCarrier.advance(carrier, nowMs).lines)
    },
    audit: () => SandboxCarrierLog.auditCarrierLog(log)
  }
}

const monthOf = (text: string): CalendarMonth.CalendarMonth => {
  const month = CalendarMonth.parse(text)
  if (month === undefined) throw new RangeError("expected a month, YYYY-MM")
  return month
}

/** A refusal is thrown with its reason as code, as a bank's client would. */
const asked = <A, B>(reply: SandboxReply.Reply<A>, map: (body: A) => B): B => {
  const read = SandboxReply.read(reply)
  if ("body" in read) return map(read.body)
  throw Object.assign(new Error(read.detail), { code: read.refusal })
}

const page = ({ items, nextCursor }: SandboxBankFeed.BalancesAnswer) => ({
  balances: items.map(({ accountId, amount, currency }) => ({
    accountId,
    amount: String(amount),
    currency
  })),
  nextCursor
})

const failure = (code: string, category: Failure["category"]): Failure => ({
  category,
  disposition: category === "InvalidNumber" ? "permanent" : "retry",
  code
})

const outcome = (result: SandboxCarrier.MessageResult): HostOutcome => {
  const { reference, status } = result
  switch (status) {
    case "accepted":
      return { status, reference, carrierMessageId: result.id }
    case "refused":
      return { status, reference, failure: failure(result.code, "InvalidNumber") }
    case "throttled":
      return { status: "notSent", reference, code: "THROTTLED", retryAfterMs: 0 }
    case "inProgress":
    case "mismatch":
      return { status: "unknown", reference, code: status }
  }
}

const receipt = (told: SandboxCarrier.WireReceipt): HostReceipt => ({
  reference: told.reference,
  carrierMessageId: told.id,
  state: Receipt.order.find((known) => known === told.state) ?? "unknown",
  part: told.part,
  parts: told.parts,
  failure: told.code === null ? null : failure(told.code, "Undeliverable")
})

/** What a month is passed with. */
export interface PassMonth {
  readonly host: SandboxHost
  readonly month: string
  /** Business time to begin at; default the first day of the month, 06:00 UTC. */
  readonly from?: string
}

/** A month takes far fewer; more would be a livelock, and a test must say so. */
const mostJumps = 10_000

/**
 * Lives a month in seconds: ticks until nothing can happen now, then jumps business time to what is
 * due next. Gives the final report.
 *
 * **Source** — architecture, Two times.
 */
export const passMonth = async (tidemark: Tidemark, options: PassMonth): Promise<MonthlyReport> => {
  const { host, month } = options
  let now = options.from ?? `${month}-01T06:00:00.000Z`
  for (let jump = 0; jump < mostJumps; jump++) {
    host.tell(now)
    const { done, more, nextWakeAt, recheck } = await tidemark.tick({ now })
    if (done.length > 0 || more) continue
    const row = (await tidemark.months({ now })).find((known) => known.month === month)
    if (row?.status === "closed") return tidemark.report(month, { now })
    // A settle delay hangs on real time, and what outlives it on business time too: go slowly.
    if (recheck) await Effect.runPromise(Effect.sleep("50 millis"))
    const soonMs = instantMs(now, "now") + 600_000
    const wakeMs = instantMs(nextWakeAt, "nextWakeAt")
    now = Instant.toIso(recheck ? Math.min(wakeMs, soonMs) : wakeMs)
  }
  throw new Error("the month does not end")
}
