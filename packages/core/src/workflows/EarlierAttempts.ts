/**
 * Before a further attempt is marked, the carrier is asked once more about the earlier ones: a
 * message that arrived after all must not be followed by another.
 *
 * **Source** — delivery protocol part 1, G for n > 1; 1.2.
 */
import * as Effect from "effect/Effect"
import { ProgramStore } from "../ports/ProgramStore.ts"
import { type LookupAnswer, type ReceiptReport, SmsCarrier } from "../ports/SmsCarrier.ts"
import type { ClaimedMessage } from "../ports/store/Deliveries.ts"
import { askAgain } from "./CarrierReads.ts"
import type { BusinessTime } from "./DeliveryTime.ts"
import type { MessageKeys } from "./MessageKeys.ts"

/**
 * Notification ids whose every earlier attempt is dead at the carrier, with the instant of asking.
 */
export interface EarlierAnswers {
  readonly askedMs: number
  readonly dead: ReadonlySet<string>
}

const deadStates = new Set(["failed", "rejected", "expired"])

const isDead = (answer: LookupAnswer | undefined): boolean =>
  answer !== undefined &&
  (answer._tag === "NotFound" ||
    (answer.report !== null && deadStates.has(answer.report.receipt.state)))

/**
 * One look-up and one poll per batch of references; what they report is stored before it is used.
 * The poll brings what a look-up may hide: a look-up tells the last state, and a carrier that
 * contradicts itself has told another before.
 */
export const askAboutEarlier = Effect.fnUntraced(
  function* (
    messages: ReadonlyArray<ClaimedMessage>,
    keysOf: (message: ClaimedMessage) => MessageKeys | undefined,
    time: BusinessTime
  ) {
    const carrier = yield* SmsCarrier
    const store = yield* ProgramStore
    const askedMs = yield* time
    const asked = referencesOf(messages, keysOf, carrier.account)
    const references = asked.flatMap((one) => one.references)
    const answers = new Map<string, LookupAnswer>()
    const reports: Array<ReceiptReport> = []
    for (let at = 0; at < references.length; at += carrier.capabilities.maxBatch) {
      const page = references.slice(at, at + carrier.capabilities.maxBatch)
      for (const answer of yield* lookup(page)) {
        answers.set(answer.reference, answer)
        if (answer._tag === "Found" && answer.report !== null) reports.push(answer.report)
      }
      reports.push(...(yield* poll(page)))
    }
    if (reports.length > 0) {
      const carrierAccount = carrier.account
      yield* store.storeReceipts({ nowMs: askedMs, via: "lookup", carrierAccount, reports })
    }
    const dead = new Set<string>()
    for (const { id, references: own } of asked) {
      if (own.every((reference) => isDead(answers.get(reference)))) dead.add(id)
    }
    const result: EarlierAnswers = { askedMs, dead }
    return result
  },
  Effect.catchTag("SmsCarrierError", (error) =>
    Effect.as(
      Effect.logWarning("the carrier's look-up failed: further attempts wait", {
        reason: error.reason
      }),
      { askedMs: 0, dead: new Set<string>() } satisfies EarlierAnswers as EarlierAnswers
    )
  )
)

interface AskedAbout {
  readonly id: string
  readonly references: ReadonlyArray<string>
}

/** The references of every attempt before the claimed one, of messages that have such. */
const referencesOf = (
  messages: ReadonlyArray<ClaimedMessage>,
  keysOf: (message: ClaimedMessage) => MessageKeys | undefined,
  account: string
): ReadonlyArray<AskedAbout> => {
  const asked: Array<AskedAbout> = []
  for (const message of messages) {
    const keys = keysOf(message)
    if (message.n === 1 || keys === undefined) continue
    const references: Array<string> = []
    for (let n = 1; n < message.n; n++) {
      references.push(keys.reference(message.customerId, n, account))
    }
    asked.push({ id: message.notificationId, references })
  }
  return asked
}

/** Nothing where the carrier has no look-up: the mark guard does not ask for one then. */
const lookup = Effect.fnUntraced(function* (references: ReadonlyArray<string>) {
  const carrier = yield* SmsCarrier
  return carrier.capabilities.lookup === "none" ? [] : yield* askAgain(carrier.lookup(references))
})

/** Every receipt the carrier has of these; none where receipts only come by push. */
const poll = Effect.fnUntraced(function* (references: ReadonlyArray<string>) {
  const carrier = yield* SmsCarrier
  return yield* askAgain(carrier.pollReceipts(references)).pipe(
    Effect.catchIf(
      (error) => error.reason === "Unsupported",
      () => Effect.succeed<ReadonlyArray<ReceiptReport>>([])
    )
  )
})
