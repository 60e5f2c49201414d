/**
 * What every `Operations` must keep: people are told of each escalation, at least once.
 *
 * **Source** — original architecture §3.4; product rules, Dispositions; architecture, Ports.
 */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import type { Operations, OperationsNotice } from "../ports/Operations.ts"
import * as Contract from "./Contract.ts"

/** The port, and what people have been told. */
export interface OperationsDesk {
  readonly operations: (typeof Operations)["Service"]
  readonly told: Effect.Effect<ReadonlyArray<OperationsNotice>>
}

/** `outage`: nobody can be told until the end of the check. */
export interface OperationsSetup {
  readonly outage: boolean
}

/** Makes the port with somebody who listens. */
export type MakeOperations = Contract.Make<OperationsSetup, OperationsDesk>

const check = (
  name: string,
  body: Contract.Body<OperationsDesk>,
  outage = false
): Contract.Check<OperationsSetup, OperationsDesk> => ({
  name,
  setup: { outage },
  needs: outage ? "scripted" : "honest",
  run: Effect.fnUntraced(body)
})

const notice = (escalationId: string): OperationsNotice => ({
  escalationId,
  cause: "UNRESOLVED",
  customerId: "C-1",
  month: "2026-10",
  text: "whether the message was sent must be decided by two people"
})

const programWide: OperationsNotice = {
  escalationId: "program",
  cause: "FEED_MALFORMED",
  customerId: null,
  month: null,
  text: "the bank's feed cannot be read"
}

const escalations = (notices: ReadonlyArray<OperationsNotice>) =>
  Array.from(new Set(notices.map(({ escalationId }) => escalationId))).toSorted()

const checks: Contract.Checks<OperationsSetup, OperationsDesk> = [
  [
    "notices",
    [
      check("tells every notice as it is, with or without a customer", function* (desk) {
        yield* desk.operations.notify([notice("1"), programWide])
        assert.deepStrictEqual(yield* desk.told, [notice("1"), programWide])
      }),
      check("tells nobody where there is nothing to tell", function* (desk) {
        yield* desk.operations.notify([])
        assert.deepStrictEqual(yield* desk.told, [])
      }),
      check("is one escalation however often it is told", function* (desk) {
        yield* desk.operations.notify([notice("1"), notice("2")])
        yield* desk.operations.notify([notice("2"), notice("3")])
        const told = yield* desk.told
        assert.deepStrictEqual(escalations(told), ["1", "2", "3"])
        for (const each of told) assert.deepStrictEqual(each, notice(each.escalationId))
      })
    ]
  ],
  [
    "failure",
    [
      check(
        "reports an outage as an error to be tried again, never as told",
        function* (desk) {
          const error = yield* Effect.flip(desk.operations.notify([notice("1")]))
          assert.strictEqual(error.reason, "Unavailable")
          assert.isTrue(error.isRetryable)
          assert.notInclude(error.message, "C-1")
          assert.deepStrictEqual(yield* desk.told, [])
        },
        true
      )
    ]
  ]
]

/** The whole contract, as one suite. */
export const operationsContract = (
  name: string,
  make: MakeOperations,
  counterpart: Contract.Counterpart = "scripted"
): void => {
  Contract.suite("Operations", name, checks, make, counterpart)
}

/** The names of the policies an adapter breaks; none for a sound one. */
export const failedOperationsChecks = (
  make: MakeOperations,
  counterpart: Contract.Counterpart = "scripted"
): Effect.Effect<ReadonlyArray<string>> => Contract.failedChecks(checks, make, counterpart)
