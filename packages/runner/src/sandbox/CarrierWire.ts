/**
 * The carrier's JSON: instants are ISO 8601 in UTC on the wire and milliseconds inside.
 *
 * **Source** — docs/reference/carrier-rest.md.
 */
import type {
  SandboxCarrier as Model,
  SandboxCarrierReads as Reads,
  SandboxReply
} from "@tidemark/core/sandbox"
import * as Schema from "effect/Schema"

const Instant = Schema.String.check(
  Schema.isPattern(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?Z$/)
)

const Message = Schema.Struct({
  reference: Schema.NonEmptyString.check(Schema.isMaxLength(64)),
  idempotencyKey: Schema.NonEmptyString.check(Schema.isMaxLength(80)),
  to: Schema.String.check(Schema.isPattern(/^\+[1-9][0-9]{6,14}$/)),
  from: Schema.NonEmptyString.check(Schema.isMaxLength(15)),
  text: Schema.NonEmptyString,
  validUntil: Schema.NullOr(Instant)
})

const Submit = Schema.Struct({ messages: Schema.NonEmptyArray(Message) })
const References = Schema.Struct({ references: Schema.Array(Schema.String) })
const isSubmit = Schema.is(Submit)
const isReferences = Schema.is(References)

/** The messages of a submit request; `undefined` where one field is not as the contract says. */
export const messages = (body: unknown): ReadonlyArray<Model.SubmittedMessage> | undefined => {
  if (!isSubmit(body)) return undefined
  const read = body.messages.map(({ validUntil, ...message }) => ({
    ...message,
    validUntilMs: validUntil === null ? null : Date.parse(validUntil)
  }))
  return read.some(({ validUntilMs }) => Number.isNaN(validUntilMs)) ? undefined : read
}

export const references = (body: unknown): ReadonlyArray<string> | undefined =>
  isReferences(body) ? body.references : undefined

/** A receipt on the wire. */
export const receipt = ({ atMs, ...receipt }: Model.WireReceipt) => ({
  ...receipt,
  at: new Date(atMs).toISOString()
})

export const lookup = (body: { readonly messages: ReadonlyArray<Reads.LookupResult> }) => ({
  messages: body.messages.map((message) =>
    message.found
      ? { ...message, receipt: message.receipt === null ? null : receipt(message.receipt) }
      : message
  )
})

export const receipts = (body: { readonly receipts: ReadonlyArray<Model.WireReceipt> }) => ({
  receipts: body.receipts.map(receipt)
})

/** The same reply with its body written for the wire. */
export const mapBody = <A>(
  reply: SandboxReply.Reply<A>,
  write: (body: A) => unknown
): SandboxReply.Reply<unknown> =>
  reply._tag === "Answer" ? { ...reply, body: write(reply.body) } : reply
