/**
 * What every `Secrets` must keep: keys that do not change under their name, and are never shown.
 *
 * **Source** — delivery protocol 1.2 Keys; architecture, Ports.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { assert } from "vitest"
import * as BusinessDate from "../calendar/BusinessDate.ts"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { NamedKey, Secrets } from "../ports/Secrets.ts"
import * as Contract from "./Contract.ts"

export interface SecretsDesk {
  readonly secrets: (typeof Secrets)["Service"]
}

/** `outage`: the keys cannot be reached until the end of the check. */
export interface SecretsSetup {
  readonly outage: boolean
}

/** Makes the port before a fresh key store that holds both kinds of key. */
export type MakeSecrets = Contract.Make<SecretsSetup, SecretsDesk>

const check = (
  name: string,
  body: Contract.Body<SecretsDesk>,
  outage = false
): Contract.Check<SecretsSetup, SecretsDesk> => ({
  name,
  setup: { outage },
  needs: outage ? "scripted" : "honest",
  run: Effect.fnUntraced(body)
})

const month = CalendarMonth.of(BusinessDate.unchecked("2026-10-01"))
const next = CalendarMonth.next(month)

/** FIPS 198-1 and AES-256: a key of at least 256 bits. */
const leastBytes = 32

const plain = ({ id, key }: NamedKey) => ({ id, bytes: Array.from(Redacted.value(key)) })

const checks: Contract.Checks<SecretsSetup, SecretsDesk> = [
  [
    "the client reference key",
    [
      check("is long enough and has a name, in every month", function* ({ secrets }) {
        for (const each of [month, next]) {
          const { bytes, id } = plain(yield* secrets.clientReferenceKey(each))
          assert.isAtLeast(bytes.length, leastBytes)
          assert.isNotEmpty(id)
        }
      }),
      check("never changes within a month", function* ({ secrets }) {
        const first = plain(yield* secrets.clientReferenceKey(month))
        yield* secrets.clientReferenceKey(next)
        assert.deepStrictEqual(plain(yield* secrets.clientReferenceKey(month)), first)
      }),
      check("under one name is one key, whatever the month", function* ({ secrets }) {
        const first = plain(yield* secrets.clientReferenceKey(month))
        const second = plain(yield* secrets.clientReferenceKey(next))
        assert.strictEqual(first.id === second.id, String(first.bytes) === String(second.bytes))
      })
    ]
  ],
  [
    "the data key",
    [
      check("of today is found again by its name", function* ({ secrets }) {
        const newest = plain(yield* secrets.dataKey())
        assert.isAtLeast(newest.bytes.length, leastBytes)
        assert.deepStrictEqual(plain(yield* secrets.dataKey(newest.id)), newest)
      }),
      check("of a name nobody gave is missing, not another key", function* ({ secrets }) {
        const error = yield* Effect.flip(secrets.dataKey("no such key"))
        assert.strictEqual(error.reason, "Missing")
        assert.isFalse(error.isRetryable)
      }),
      check("is never the client reference key", function* ({ secrets }) {
        const data = plain(yield* secrets.dataKey())
        const reference = plain(yield* secrets.clientReferenceKey(month))
        assert.notDeepEqual(data.bytes, reference.bytes)
      })
    ]
  ],
  [
    "failure",
    [
      check(
        "reports an outage as an error to be tried again",
        function* ({ secrets }) {
          for (const asked of [secrets.clientReferenceKey(month), secrets.dataKey()]) {
            const error = yield* Effect.flip(asked)
            assert.strictEqual(error.reason, "Unavailable")
            assert.isTrue(error.isRetryable)
          }
        },
        true
      )
    ]
  ]
]

/** The whole contract, as one suite. */
export const secretsContract = (
  name: string,
  make: MakeSecrets,
  counterpart: Contract.Counterpart = "scripted"
): void => {
  Contract.suite("Secrets", name, checks, make, counterpart)
}

/** The names of the policies an adapter breaks; none for a sound one. */
export const failedSecretsChecks = (
  make: MakeSecrets,
  counterpart: Contract.Counterpart = "scripted"
): Effect.Effect<ReadonlyArray<string>> => Contract.failedChecks(checks, make, counterpart)
