/** A bank and a carrier as a host has them: plain async functions over the sandbox models. */
import type {
  HostCarrier,
  HostCustomers,
  HostBalances,
  OpenOptions,
  PolicyObject
} from "@tidemark/core"
import {
  SandboxBank,
  SandboxBankFeed,
  SandboxCarrier,
  SandboxCarrierLog,
  SandboxCarrierReads,
  SandboxCarrierSubmit,
  SandboxReply,
  type SandboxScript,
  SmsCarrierMemory
} from "@tidemark/core/sandbox"
import { BusinessDate, CalendarMonth, type Failure, Receipt } from "@tidemark/core/rules"

export const month = "2026-09"
export const beginMs = Date.UTC(2026, 8, 1, 6)

export const policy: PolicyObject = {
  qualification: { approval: "automatic" },
  message: {
    messageClass: "service",
    sender: { id: "BankPremium", canReceiveReplies: false }
  },
  delivery: { leaseMs: 30_000, requestDeadlineMs: 600, marginMs: 1000, networkLifetimeMs: 200 },
  schedule: { startsOn: "2026-08-31" }
}

export interface SandboxHost {
  readonly balances: HostBalances
  readonly customers: HostCustomers
  readonly carrier: HostCarrier
  readonly tell: (nowMs: number) => void
  readonly audit: () => SandboxCarrierLog.CarrierAudit
}

const asked = <A>(reply: SandboxReply.Reply<A>): A => {
  const read = SandboxReply.read(reply)
  if ("body" in read) return read.body
  throw Object.assign(new Error(read.detail), { code: read.refusal })
}

const monthOf = (text: string) =>
  CalendarMonth.parse(text) ?? CalendarMonth.of(dateOf("2026-09-01"))
const dateOf = (text: string) => BusinessDate.unchecked(text)

export const sandboxHost = (options: {
  readonly customers?: number
  readonly script?: SandboxScript.CarrierScript
  readonly pageSize?: number
}): SandboxHost => {
  const bank = SandboxBank.make({
    ...SandboxBank.defaults,
    customers: options.customers ?? 40,
    pageSize: options.pageSize ?? 1000,
    months: [monthOf(month)]
  })
  const log: Array<SandboxCarrierLog.LogLine> = []
  const model = SandboxCarrier.make(
    { ...SandboxCarrier.defaults, throttleSeconds: 0, script: options.script ?? [] },
    beginMs
  )
  let nowMs = beginMs
  const kept = <A>(outcome: SandboxCarrier.Outcome<A>): A => {
    log.push(...outcome.lines)
    const { reply } = outcome
    if (reply._tag === "Answer" && reply.cut === "no") return reply.body
    throw new Error(reply._tag)
  }
  return {
    balances: {
      page: async (date, cursor) => {
        const page = asked(SandboxBankFeed.balances(bank, dateOf(date), cursor, nowMs))
        return {
          balances: page.items.map(({ accountId, amount, currency }) => ({
            accountId,
            amount: String(amount),
            currency
          })),
          nextCursor: page.nextCursor
        }
      }
    },
    customers: {
      active: async (of, cursor) => asked(SandboxBankFeed.customers(bank, monthOf(of), cursor)),
      contact: async (ids) => asked(SandboxBankFeed.contact(bank, ids)).contacts,
      mayContact: async (ids) => asked(SandboxBankFeed.permissions(bank, ids)).permissions
    },
    carrier: {
      capabilities: SmsCarrierMemory.capabilities,
      account: "sandbox",
      sandbox: true,
      submit: async (messages) => {
        const wire = messages.map(({ senderId, ...message }) => ({ ...message, from: senderId }))
        const { results } = kept(SandboxCarrierSubmit.submit(model, wire, nowMs))
        return results.map((result) => {
          const { reference } = result
          switch (result.status) {
            case "accepted":
              return { status: "accepted", reference, carrierMessageId: result.id }
            case "refused":
              return { status: "refused", reference, failure: failure(result.code) }
            case "throttled":
              return { status: "notSent", reference, code: "THROTTLED", retryAfterMs: 0 }
            case "inProgress":
            case "mismatch":
              return { status: "unknown", reference, code: result.status }
          }
        })
      },
      lookup: async (references) =>
        kept(SandboxCarrierReads.lookup(model, references, nowMs)).messages.map((answer) =>
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
        kept(SandboxCarrierReads.receipts(model, references, nowMs)).receipts.map(receipt)
    },
    tell: (toMs) => {
      nowMs = toMs
      log.push(...SandboxCarrier.advance(model, toMs).lines)
    },
    audit: () => SandboxCarrierLog.auditCarrierLog(log)
  }
}

const failure = (code: string): Failure.Failure => ({
  category: "InvalidNumber",
  disposition: "permanent",
  code
})

const receipt = ({ code, id, part, parts, reference, state }: SandboxCarrier.WireReceipt) => ({
  reference,
  carrierMessageId: id,
  state: Receipt.order.find((known) => known === state) ?? ("unknown" as const),
  part,
  parts,
  failure: code === null ? null : { ...failure(code), category: "Undeliverable" as const }
})

/** What `open` needs but for the store. */
export const options = (host: SandboxHost): Omit<OpenOptions, "store"> => ({
  program: "premium-retail",
  policy,
  balances: host.balances,
  customers: host.customers,
  carrier: host.carrier,
  secrets: { clientReferenceKey: () => new Uint8Array(32).fill(7) }
})
