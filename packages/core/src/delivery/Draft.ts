/**
 * A decision in the making: facts are applied as they are found, so that each row of the tables
 * sees
 * the state the rows before it left.
 *
 * **Source** — delivery protocol 1.1 ("the first applicable row wins").
 */
import type { DeliveryContext } from "./DeliveryContext.ts"
import type { DeliveryEvent } from "./DeliveryEvent.ts"
import type { DeliveryFact, IgnoredReason } from "./DeliveryFact.ts"
import { evolve } from "./Evolve.ts"
import type { Notification } from "./Notification.ts"

export interface Draft {
  notification: Notification
  readonly facts: Array<DeliveryFact>
  readonly context: DeliveryContext
}

export const begin = (notification: Notification, context: DeliveryContext): Draft => ({
  notification,
  facts: [],
  context
})

/** Records a fact and applies it. */
export const emit = (draft: Draft, fact: DeliveryFact): void => {
  draft.facts.push(fact)
  draft.notification = evolve(draft.notification, fact)
}

/** Records that an event changes nothing. */
export const ignore = (
  draft: Draft,
  event: DeliveryEvent["_tag"],
  n: number | null,
  because: IgnoredReason
): void => {
  draft.facts.push({ _tag: "Ignored", event, n, because })
}
