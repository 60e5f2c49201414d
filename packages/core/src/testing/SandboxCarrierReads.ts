/**
 * What the sandbox carrier answers about messages it took: look-ups, polls, and faults of pushes.
 *
 * **Source** — delivery protocol 1.3, 1.5; fault list of the carrier.
 */
import { begin, type Carrier, faultAt, type Outcome, type WireReceipt } from "./SandboxCarrier.ts"
import type { LogLine } from "./SandboxCarrierLog.ts"
import { answer, type Reply, status } from "./SandboxReply.ts"
import type * as Script from "./SandboxScript.ts"

/** What a look-up says of one reference. */
export type LookupResult =
  | {
      readonly reference: string
      readonly found: true
      readonly id: string
      readonly receipt: WireReceipt | null
    }
  | { readonly reference: string; readonly found: false }

const readFault = <A>(kind: string, body: A): Reply<A> => {
  switch (kind) {
    case "timeout":
      return { _tag: "Silence" }
    case "reset":
      return { _tag: "Reset" }
    case "5xx":
      return status(503, "UNAVAILABLE")
    case "429":
      return status(429, "TOO_MANY_REQUESTS", 5)
    case "401":
      return status(401, "UNAUTHORIZED")
    default:
      return { _tag: "Answer", body, cut: "unreadable" }
  }
}

/** Looks messages up by client reference; the latest receipt told comes with each. */
export const lookup = (
  carrier: Carrier,
  references: ReadonlyArray<string>,
  nowMs: number
): Outcome<{ readonly messages: ReadonlyArray<LookupResult> }> => {
  const writing = begin(carrier, "lookup", references.length, nowMs)
  const fault = faultAt(writing, "lookup", writing.occurrence, references[0] ?? "")
  const lagging = fault?.kind === "lagging"
  const messages = references.map((reference): LookupResult => {
    const message = lagging ? undefined : carrier.messages.get(reference)
    if (message === undefined) return { reference, found: false }
    const { id } = message.accepted
    return { reference, found: true, id, receipt: message.receipts.at(-1) ?? null }
  })
  const body = { messages }
  const reply: Reply<typeof body> =
    fault === undefined || lagging ? answer(body) : readFault(fault.kind, body)
  return { lines: writing.lines, reply }
}

/** Every receipt told so far about these references. */
export const receipts = (
  carrier: Carrier,
  references: ReadonlyArray<string>,
  nowMs: number
): Outcome<{ readonly receipts: ReadonlyArray<WireReceipt> }> => {
  const writing = begin(carrier, "receipts", references.length, nowMs)
  const fault = faultAt(writing, "receipts", writing.occurrence, references[0] ?? "")
  const lagging = fault?.kind === "lagging"
  const found: Array<WireReceipt> = []
  if (!lagging) {
    for (const reference of references) {
      const message = carrier.messages.get(reference)
      if (message !== undefined) found.push(...message.receipts)
    }
  }
  const body = { receipts: found }
  const reply: Reply<typeof body> =
    fault === undefined || lagging ? answer(body) : readFault(fault.kind, body)
  return { lines: writing.lines, reply }
}

/** What happens to one push of receipts; `undefined`: nothing out of the ordinary. */
export const webhookFault = (
  carrier: Carrier,
  webhookId: string,
  nowMs: number
): {
  readonly lines: ReadonlyArray<LogLine>
  readonly kind: (typeof Script.WebhookFault.Type)["kind"] | null
} => {
  const writing = begin(carrier, "webhook", 1, nowMs)
  const fault = faultAt(writing, "webhook", writing.occurrence, webhookId)
  return { lines: writing.lines, kind: fault?.kind ?? null }
}
