/**
 * The host's keys, and the ways out: events and notices for operations.
 *
 * **Source** — architecture, Ports; delivery protocol 1.2, Keys.
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import * as ZonedTime from "../calendar/ZonedTime.ts"
import { EventPublisher, EventPublisherError } from "../ports/EventPublisher.ts"
import { Operations, OperationsError } from "../ports/Operations.ts"
import { type NamedKey, Secrets, SecretsError } from "../ports/Secrets.ts"
import * as HostCall from "./HostCall.ts"
import type { HostKey, HostOperations, HostPublish, HostSecrets } from "./HostPorts.ts"

const { malformed, text } = HostCall

/** Without a function nobody is told: the outbox is emptied all the same. */
export const publisherLayer = (
  publish: HostPublish | undefined,
  timeoutMs: number
): Layer.Layer<EventPublisher> =>
  publish === undefined
    ? EventPublisher.layerDiscard
    : Layer.succeed(EventPublisher, {
        publish: (events) =>
          HostCall.ask({
            name: "publish",
            timeoutMs,
            run: (signal) => publish(events, signal),
            read: () => undefined,
            fail: (thrown) =>
              new EventPublisherError({
                reason: HostCall.reasonOf(thrown, ["Unavailable", "Timeout", "Refused"], {
                  timeout: "Timeout",
                  never: "Refused",
                  unavailable: "Unavailable"
                }),
                detail: thrown.detail,
                cause: thrown.cause
              })
          })
      })

/** Without a function every notice is a line for the logger. */
export const operationsLayer = (
  operations: HostOperations | undefined,
  timeoutMs: number
): Layer.Layer<Operations> =>
  operations === undefined
    ? Operations.layerLog
    : Layer.succeed(Operations, {
        notify: (notices) =>
          HostCall.ask({
            name: "operations",
            timeoutMs,
            run: (signal) => operations(notices, signal),
            read: () => undefined,
            fail: (thrown) =>
              new OperationsError({
                reason: HostCall.reasonOf(thrown, ["Unavailable", "Refused"], {
                  timeout: "Unavailable",
                  never: "Refused",
                  unavailable: "Unavailable"
                }),
                detail: thrown.detail,
                cause: thrown.cause
              })
          })
      })

const secretsReasons = ["Unavailable", "Missing", "Malformed"] as const
const otherwise = { timeout: "Unavailable", never: "Missing", unavailable: "Unavailable" } as const

/**
 * The host's keys. A month's reference key is fixed, so it is asked for once; a data key is asked
 * for each time, because the newest may change.
 */
export const secretsLayer = (
  { clientReferenceKey, dataKey }: HostSecrets,
  zone: string,
  timeoutMs: number
): Layer.Layer<Secrets> =>
  Layer.sync(Secrets, () => {
    const askForKey = keyCall(timeoutMs)
    const known = new Map<CalendarMonth.CalendarMonth, NamedKey>()
    const referenceKey = (month: CalendarMonth.CalendarMonth) =>
      Effect.suspend(() => {
        const before = known.get(month)
        if (before !== undefined) return Effect.succeed(before)
        return Effect.tap(
          askForKey("secrets.clientReferenceKey", (signal) => clientReferenceKey(month, signal)),
          (key) => Effect.sync(() => known.set(month, key))
        )
      })
    return Secrets.of({
      clientReferenceKey: referenceKey,
      dataKey:
        dataKey === undefined
          ? derivedKey(referenceKey, zone)
          : (id) => askForKey("secrets.dataKey", (signal) => dataKey(id, signal))
    })
  })

const keyCall =
  (timeoutMs: number) => (name: string, run: (signal: AbortSignal) => Promise<HostKey> | HostKey) =>
    HostCall.ask({
      name,
      timeoutMs,
      run,
      read: namedKey,
      fail: (thrown) =>
        new SecretsError({
          reason: thrown.malformed
            ? "Malformed"
            : HostCall.reasonOf(thrown, secretsReasons, otherwise),
          detail: thrown.detail,
          cause: thrown.cause
        })
    })

const derivedPrefix = "month:"

/** A data key of the month's reference key: by its name it can be made again for reading. */
const derivedKey =
  (
    referenceKey: (month: CalendarMonth.CalendarMonth) => Effect.Effect<NamedKey, SecretsError>,
    zone: string
  ) =>
  (id?: string): Effect.Effect<NamedKey, SecretsError> =>
    Effect.gen(function* () {
      const nowMs = yield* Clock.currentTimeMillis
      const month =
        id === undefined
          ? CalendarMonth.of(ZonedTime.businessDateAt(nowMs, zone))
          : CalendarMonth.parse(id.startsWith(derivedPrefix) ? id.slice(6) : "")
      if (month === undefined) {
        const detail = "a data key that was not derived here: give secrets.dataKey"
        return yield* new SecretsError({ reason: "Missing", detail })
      }
      const { key } = yield* referenceKey(month)
      const derived = hmac(sha256, Redacted.value(key), utf8ToBytes("tidemark data key"))
      const named: NamedKey = {
        id: `${derivedPrefix}${month}`,
        key: Redacted.make(derived, { label: "k_data" })
      }
      return named
    })

const namedKey = (given: HostKey): NamedKey => {
  const isNamed = typeof given === "object" && !(given instanceof Uint8Array)
  const bytes = keyBytes(isNamed ? given.key : given)
  return {
    id: isNamed ? text(given.id, "the key's id") : keyId(bytes),
    key: Redacted.make(bytes, { label: "host key" })
  }
}

const keyBytes = (key: Uint8Array | string): Uint8Array => {
  const bytes = typeof key === "string" && /^([0-9a-fA-F]{2})+$/.test(key) ? hexToBytes(key) : key
  return bytes instanceof Uint8Array && bytes.length >= 32
    ? bytes
    : malformed("the key", "at least 32 bytes, or as many in hexadecimal")
}

/** The same name the runner gives the same key. */
const keyId = (bytes: Uint8Array): string =>
  bytesToHex(sha256(concatBytes(utf8ToBytes("tidemark key id"), bytes))).slice(0, 12)
