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
import * as Failure from "../delivery/Failure.ts"
import * as Receipt from "../delivery/Receipt.ts"
import type {
  HostBalances,
  HostCarrier,
  HostCustomers,
  HostLookup,
  HostOutcome,
  HostReceipt,
  HostSubmission
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
import type { BankScript, CarrierScript } from "./SandboxScript.ts"
import { capabilities, readings } from "./SmsCarrierMemory.ts"

export interface SandboxHostOptions {
  /** The month whose accounts open and close, `YYYY-MM`. */
  readonly month: string
  /** Default 40. */
  readonly customers?: number
  readonly seed?: number
  /** Faults of the carrier; default none. */
  readonly script?: CarrierScript
  /** How long a throttled message is asked to wait, in real seconds; default 0. */
  readonly throttleSeconds?: number
  /** Faults of the bank; default none. */
  readonly bankScript?: BankScript
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
  const clock: Clock = { nowMs: BusinessDate.toEpochDay(CalendarMonth.first(month)) * dayMs }
  const { customers = 40, pageSize = 1000, seed = 1 } = options
  const bank = SandboxBank.make({
    ...SandboxBank.defaults,
    seed,
    customers,
    pageSize,
    months: [month],
    script: options.bankScript ?? []
  })
  const log: Array<SandboxCarrierLog.LogLine> = []
  const model = SandboxCarrier.make(
    {
      ...SandboxCarrier.defaults,
      seed,
      throttleSeconds: options.throttleSeconds ?? 0,
      script: options.script ?? []
    },
    clock.nowMs
  )
  return {
    balances: balancesOf(bank, clock),
    customers: customersOf(bank),
    carrier: carrierOf(model, clock, log),
    tell: (now) => {
      clock.nowMs = instantMs(now, "now")
      log.push(...SandboxCarrier.advance(model, clock.nowMs).lines)
    },
    audit: () => SandboxCarrierLog.auditCarrierLog(log)
  }
}

const dayMs = 86_400_000

/** Business time, as it was told last. */
interface Clock {
  nowMs: number
}

const balancesOf = (bank: SandboxBank.Bank, clock: Clock): HostBalances => ({
  page: async (date, cursor) =>
    asked(SandboxBankFeed.balances(bank, BusinessDate.unchecked(date), cursor, clock.nowMs), page)
})

const customersOf = (bank: SandboxBank.Bank): HostCustomers => ({
  active: async (month, cursor) =>
    asked(SandboxBankFeed.customers(bank, monthOf(month), cursor), (body) => body),
  contact: async (ids) => asked(SandboxBankFeed.contact(bank, ids), (body) => body.contacts),
  mayContact: async (ids) =>
    asked(SandboxBankFeed.permissions(bank, ids), (body) => body.permissions)
})

const carrierOf = (
  model: SandboxCarrier.Carrier,
  clock: Clock,
  log: Array<SandboxCarrierLog.LogLine>
): HostCarrier => {
  const answered = <A>(outcome: SandboxCarrier.Outcome<A>): A => {
    log.push(...outcome.lines)
    const { reply } = outcome
    if (reply._tag === "Answer" && reply.cut === "no") return reply.body
    throw noAnswer(reply)
  }
  return {
    capabilities,
    account: "sandbox",
    sandbox: true,
    submit: async (messages) => {
      const submitted = SandboxCarrierSubmit.submit(model, messages.map(toWire), clock.nowMs)
      const refusal = provenNotSent(submitted.reply)
      if (refusal === undefined) return answered(submitted).results.map(outcome)
      log.push(...submitted.lines)
      return messages.map(({ reference }) => Object.assign({ reference }, refusal))
    },
    lookup: async (references) =>
      answered(SandboxCarrierReads.lookup(model, references, clock.nowMs)).messages.map(found),
    receipts: async (references) =>
      answered(SandboxCarrierReads.receipts(model, references, clock.nowMs)).receipts.map(receipt)
  }
}

const toWire = (message: HostSubmission): SandboxCarrier.SubmittedMessage => ({
  reference: message.reference,
  idempotencyKey: message.idempotencyKey,
  to: message.to,
  from: message.senderId,
  text: message.text,
  validUntilMs: message.validUntilMs
})

/** A status of which the carrier documents that nothing was accepted. */
const provenNotSent = (reply: SandboxReply.Reply<unknown>) => {
  if (reply._tag !== "Status") return undefined
  if (!capabilities.notSentProof.includes(String(reply.status))) return undefined
  const retryAfterMs = reply.retryAfterSeconds && reply.retryAfterSeconds * 1000
  return { status: "notSent", code: `HTTP_${reply.status}`, retryAfterMs } as const
}

const found = (answer: SandboxCarrierReads.LookupResult): HostLookup =>
  answer.found
    ? {
        found: true,
        reference: answer.reference,
        carrierMessageId: answer.id,
        receipt: answer.receipt === null ? null : receipt(answer.receipt)
      }
    : { found: false, reference: answer.reference }

/** As a client of the carrier would say it. */
const noAnswer = (reply: SandboxReply.Reply<unknown>): Error => {
  const status = reply._tag === "Status" ? reply.status : 0
  const code =
    reply._tag === "Silence"
      ? "Timeout"
      : reply._tag === "Answer"
        ? "Malformed"
        : status === 401
          ? "Unauthorized"
          : status === 429
            ? "Throttled"
            : "Unavailable"
  return Object.assign(new Error("the sandbox carrier gave no answer"), { code })
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

const page = ({ controlTotals, items, nextCursor }: SandboxBankFeed.BalancesAnswer) => ({
  // A scripted amount may be no text: it is passed on as a careless host would.
  balances: items.map(({ accountId, amount, currency }) => ({
    accountId,
    amount: amount as string,
    currency
  })),
  nextCursor,
  controlTotals: controlTotals && {
    count: controlTotals.count,
    sumMinor: BigInt(controlTotals.sum.replace(".", ""))
  }
})

const outcome = (result: SandboxCarrier.MessageResult): HostOutcome => {
  const { reference, status } = result
  const stored = "replayed" in result && result.replayed
  switch (status) {
    case "accepted":
      return { status, reference, carrierMessageId: result.id }
    case "refused":
      return {
        status,
        reference,
        failure: Failure.read(readings, result.code, ["ProviderError", "fix"]),
        stored
      }
    case "throttled": {
      const retryAfterMs = result.retryAfterSeconds * 1000
      return { status: "notSent", reference, code: "THROTTLED", retryAfterMs, stored }
    }
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
  failure:
    told.code === null ? null : Failure.read(readings, told.code, ["Undeliverable", "permanent"])
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
