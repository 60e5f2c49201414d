/**
 * Names a message by keys that a restored database makes again: notification ids and client
 * references of a batch, under the month's key.
 *
 * **Source** — delivery protocol 1.2, Keys.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import * as ClientReference from "../delivery/ClientReference.ts"
import { Secrets } from "../ports/Secrets.ts"
import { Program } from "./Program.ts"

export interface MessageKeys {
  readonly keyId: string
  readonly notificationId: (customerId: string) => string
  readonly reference: (customerId: string, n: number, carrierAccount: string) => string
}

/** The month's key, asked for once per batch. */
export const messageKeys = Effect.fnUntraced(function* (month: CalendarMonth) {
  const secrets = yield* Secrets
  const program = yield* Program
  const named = yield* secrets.clientReferenceKey(month)
  const key = Redacted.value(named.key)
  const { environment, name } = program
  const byAccount = new Map<string, (customerId: string, n: number) => string>()
  const keys: MessageKeys = {
    keyId: named.id,
    notificationId: (customerId) => ClientReference.notificationId(key, name, customerId, month),
    reference: (customerId, n, carrierAccount) => {
      let references = byAccount.get(carrierAccount)
      if (references === undefined) {
        const shared = { environment, carrierAccount, program: name, month }
        references = ClientReference.clientReferences(key, shared)
        byAccount.set(carrierAccount, references)
      }
      return references(customerId, n)
    }
  }
  return keys
})
