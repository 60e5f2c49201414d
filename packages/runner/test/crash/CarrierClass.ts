/**
 * The classes of the crash matrix: what a carrier declares, and a wire that takes from the sandbox
 * carrier, which is of the strongest class, whatever the class does not have.
 *
 * **Source** — delivery protocol 2.2.
 */
import { defaultCapabilities } from "@tidemark/carrier-rest"
import type { CarrierCapabilities } from "@tidemark/core/rules/delivery"

export const classes = ["K", "K-late", "L", "LV", "KL", "KV", "KLV", "N"] as const
export type CarrierClass = (typeof classes)[number]

const hour = 3_600_000

/** K-late forgets its keys while the outcome is still unknown. */
export const lateWindowMs = hour / 6

/** What a carrier of the class declares; the rest is the default contract's. */
export const capabilitiesOf = (name: CarrierClass): CarrierCapabilities.CarrierCapabilities => {
  const windowMs = name === "K-late" ? lateWindowMs : 100 * hour
  return {
    ...defaultCapabilities,
    idempotency: name.includes("K")
      ? { scope: "message", windowMs, stores5xx: false, inProgress: "409" }
      : "none",
    lookup: /^(L|LV|KL|KLV)$/.test(name) ? defaultCapabilities.lookup : "none",
    validity: name.includes("V") ? defaultCapabilities.validity : "none"
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/**
 * The body of a request to take messages as a carrier of the class reads it: one without keys never
 * sees the same key twice, one that forgets sees another after `forgotten`.
 */
export const withoutMemory = (
  name: CarrierClass,
  body: Buffer,
  request: number,
  forgotten: boolean
): Buffer => {
  const keeps = name.includes("K") && !(name === "K-late" && forgotten)
  const value: unknown = JSON.parse(body.toString("utf8"))
  if (keeps || !isRecord(value) || !Array.isArray(value["messages"])) return body
  const messages: ReadonlyArray<unknown> = value["messages"]
  const altered = messages.map((message) =>
    isRecord(message)
      ? { ...message, idempotencyKey: `${String(message["idempotencyKey"])}.${request}` }
      : message
  )
  return Buffer.from(JSON.stringify({ ...value, messages: altered }))
}
