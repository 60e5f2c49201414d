/**
 * Between claim and mark: asks for contact data and permission once per batch, and renders each
 * message. Nothing here is kept: what a replay sends was frozen at its first mark.
 *
 * **Guarantee** — no answer about a customer gives the row back; a refusal ends it by its rule.
 *
 * **Source** — product rules, Recipient and Message; delivery protocol part 1, guard G.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import type { DeliveryContext } from "../delivery/DeliveryContext.ts"
import * as RetryPolicy from "../delivery/RetryPolicy.ts"
import * as Render from "../message/Render.ts"
import * as SmsSegments from "../message/SmsSegments.ts"
import type { Contact, ContactPermission } from "../ports/Customers.ts"
import { Customers } from "../ports/Customers.ts"
import { SmsCarrier } from "../ports/SmsCarrier.ts"
import type { ClaimedMessage, FrozenMessage, MarkRequest } from "../ports/store/Deliveries.ts"
import * as MayContact from "../recipient/MayContact.ts"
import type { BusinessTime } from "./DeliveryTime.ts"
import { askAboutEarlier } from "./EarlierAttempts.ts"
import { type MessageKeys, messageKeys } from "./MessageKeys.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import { Program } from "./Program.ts"
import { reachOf } from "./Reach.ts"

interface OpenWindow {
  readonly closesMs: number
}

/** One request per claimed message, in the order of the claim. */
export const prepare = Effect.fn("PrepareMessages.prepare")(function* (
  messages: ReadonlyArray<ClaimedMessage>,
  context: DeliveryContext,
  window: OpenWindow,
  time: BusinessTime
) {
  const program = yield* Program
  const carrier = yield* SmsCarrier
  const ids = messages.map((message) => message.customerId)
  const keys = yield* keysOf(messages)
  const asked = keys === undefined ? undefined : yield* ask(ids)
  if (keys === undefined || asked === undefined) return messages.map(giveBack)
  const earlier = yield* askAboutEarlier(messages, ({ month }) => keys.get(month), time)
  const validUntilMs = RetryPolicy.validUntilMs(
    context.nowMs,
    window.closesMs,
    context.policy,
    context.capabilities,
    context.carrierSkewMs ?? 0
  )
  const requests: Array<MarkRequest> = []
  for (const message of messages) {
    const monthKeys = keys.get(message.month)
    if (monthKeys === undefined) continue
    requests.push(
      request(message, asked, {
        pinned: program.policyFor(message.month),
        keys: monthKeys,
        carrierAccount: carrier.account,
        validUntilMs,
        earlierAskedMs: earlier.dead.has(message.notificationId) ? earlier.askedMs : null
      })
    )
  }
  return requests
})

/** The keys of every month in a batch; `undefined` without one of them: nothing can be named. */
const keysOf = Effect.fnUntraced(
  function* (messages: ReadonlyArray<ClaimedMessage>) {
    const keys = new Map<CalendarMonth, MessageKeys>()
    for (const { month } of messages) {
      if (!keys.has(month)) keys.set(month, yield* messageKeys(month))
    }
    return keys
  },
  Effect.catchTag("SecretsError", (error) =>
    Effect.as(
      Effect.logError("no key for client references: the batch is given back", {
        reason: error.reason
      }),
      undefined
    )
  )
)

/** What the bank said about a batch, with the instant it was asked. */
interface Asked {
  readonly askedMs: number
  readonly contacts: ReadonlyMap<string, Contact>
  readonly permissions: ReadonlyMap<string, ContactPermission>
}

/** `undefined` when the bank does not answer: then nothing of the batch is sent. */
const ask = Effect.fnUntraced(
  function* (ids: ReadonlyArray<string>) {
    const customers = yield* Customers
    const askedMs = yield* Clock.currentTimeMillis
    const [contacts, permissions] = yield* Effect.all(
      [customers.contact(ids), customers.mayContact(ids)],
      { concurrency: 2 }
    )
    const asked: Asked = {
      askedMs,
      contacts: new Map(contacts.map((contact) => [contact.customerId, contact])),
      permissions: new Map(permissions.map((permission) => [permission.customerId, permission]))
    }
    return asked
  },
  Effect.catchTag("CustomersError", (error) =>
    Effect.as(
      Effect.logWarning("customers did not answer: the batch is given back", {
        reason: error.reason
      }),
      undefined
    )
  )
)

interface RenderWith {
  readonly pinned: PinnedPolicy
  readonly keys: MessageKeys
  readonly carrierAccount: string
  readonly validUntilMs: number | null
  readonly earlierAskedMs: number | null
}

const giveBack = ({ n, notificationId }: ClaimedMessage): MarkRequest => ({
  _tag: "GiveBack",
  notificationId,
  n
})

/** First match wins: no answer, refusal by the bank, unreachable, replay, unrenderable, render. */
const request = (message: ClaimedMessage, asked: Asked, using: RenderWith): MarkRequest => {
  const { customerId, n, notificationId } = message
  const end = (event: Extract<MarkRequest, { readonly _tag: "End" }>["event"]): MarkRequest => ({
    _tag: "End",
    notificationId,
    n,
    event
  })
  const contact = asked.contacts.get(customerId)
  const { policy } = using.pinned
  const bank = asked.permissions.get(customerId)
  if (contact === undefined || bank === undefined) return giveBack(message)
  const reach = reachOf(contact.phone, policy.recipient)
  // A replay goes where its first submission went, wherever the customer has moved since.
  const msisdn = message.frozen?.to ?? (reach._tag === "Reachable" ? reach.msisdn : undefined)
  if (msisdn === undefined) {
    const reason = reach._tag === "Unreachable" ? reach.reason : "NO_PHONE"
    return end({ _tag: "Withdrawn", reason: `unreachable:${reason}` })
  }
  const answer = MayContact.decide(
    { customerId, msisdn, bank, exclusions: [], suppressions: [] },
    policy.message.messageClass,
    asked.askedMs
  )
  if (answer._tag === "NoAnswer") return giveBack(message)
  if (answer._tag === "Refused") {
    return answer.as === "excluded"
      ? end({ _tag: "Withdrawn", reason: `excluded:${answer.reason}` })
      : end({ _tag: "Suppressed", reason: answer.reason })
  }
  const mark = (frozen: FrozenMessage, parts: number): MarkRequest => ({
    _tag: "Mark",
    notificationId,
    n,
    message: frozen,
    parts,
    validUntilMs: using.validUntilMs,
    contactAskedMs: asked.askedMs,
    earlierAskedMs: using.earlierAskedMs
  })
  if (message.frozen !== null) {
    return mark(message.frozen, SmsSegments.measure(message.frozen.text).segments)
  }
  const rendered = Render.render(using.pinned.messages, {
    firstName: contact.firstName,
    language: contact.language,
    month: message.month
  })
  if (rendered._tag === "Unrenderable") {
    return end({ _tag: "Withdrawn", reason: `unrenderable:${rendered.reason}` })
  }
  return mark(
    {
      reference: using.keys.reference(customerId, n, using.carrierAccount),
      keyId: using.keys.keyId,
      to: msisdn,
      text: rendered.text,
      senderId: policy.message.sender.id
    },
    rendered.size.segments
  )
}
