/** The frozen bytes of messages: opened outside any transaction, because keys are a port. */
import * as Effect from "effect/Effect"
import { type FrozenMessage, type Msisdn, ProgramStoreError } from "../Core.ts"
import * as Sealing from "../Sealing.ts"
import type { Store } from "./Store.ts"

/** The columns of an attempt that keep its message. */
export interface SealedRow {
  readonly notification_id: string
  readonly n: number
  readonly reference: string | null
  readonly reference_key_id: string | null
  readonly sender_id: string | null
  readonly data_key_id: string | null
  readonly sealed_to: Uint8Array | null
  readonly sealed_text: Uint8Array | null
}

/** What a sealed value is bound to. */
export const rowId = (store: Store, notificationId: string, n: number): string =>
  `${store.program}/${notificationId}/${n}`

/** The messages that were frozen, by `notificationId/n`. */
export const open = Effect.fnUntraced(function* (store: Store, rows: ReadonlyArray<SealedRow>) {
  const messages = new Map<string, FrozenMessage>()
  const keys = new Map<string, Sealing.SealingKey>()
  for (const row of rows) {
    const { data_key_id: keyId, sealed_text: text, sealed_to: to } = row
    if (keyId === null || to === null || text === null) continue
    let key = keys.get(keyId)
    if (key === undefined) keys.set(keyId, (key = yield* Sealing.keyOf(store.secrets, keyId)))
    const id = rowId(store, row.notification_id, row.n)
    messages.set(keyOf(row.notification_id, row.n), {
      reference: row.reference ?? "",
      keyId: row.reference_key_id ?? "",
      senderId: row.sender_id ?? "",
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was sealed as one
      to: (yield* opened(key, "to", id, to)) as Msisdn.Msisdn,
      text: yield* opened(key, "text", id, text)
    })
  }
  return messages
})

/** The key of a message in the map. */
export const keyOf = (notificationId: string, n: number): string => `${notificationId}/${n}`

const opened = (
  key: Sealing.SealingKey,
  column: string,
  id: string,
  sealed: Uint8Array
): Effect.Effect<string, ProgramStoreError> => {
  const text = Sealing.unseal(key, column, id, sealed)
  return text === undefined
    ? Effect.fail(
        new ProgramStoreError({
          reason: "Corrupt",
          detail: `a frozen message of attempt ${id} does not open under key ${key.id}`
        })
      )
    : Effect.succeed(text)
}
