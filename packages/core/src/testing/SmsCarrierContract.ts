/**
 * What every `SmsCarrier` adapter must do, checked against a carrier that fails by script. What an
 * adapter lacks is declared in its capabilities and changes what is expected; nothing is skipped.
 *
 * **Source** — delivery protocol 1.1, 1.3, 1.5, 2.4; fault list of the carrier.
 */
import type * as Effect from "effect/Effect"
import * as Contract from "./Contract.ts"
import type { CarrierDesk, CarrierSetup, MakeCarrier } from "./smsCarrier/Desk.ts"
import { lookup, receipts } from "./smsCarrier/readChecks.ts"
import { keys, submission } from "./smsCarrier/submissionChecks.ts"
import { unknownOutcomes } from "./smsCarrier/unknownChecks.ts"

const checks: Contract.Checks<CarrierSetup, CarrierDesk> = [
  ["submission", submission],
  ["unknown outcomes", unknownOutcomes],
  ["keys", keys],
  ["look-up", lookup],
  ["receipts", receipts]
]

/** The whole contract, as one suite. */
export const smsCarrierContract = (
  name: string,
  make: MakeCarrier,
  counterpart: Contract.Counterpart = "scripted"
): void => {
  Contract.suite("SmsCarrier", name, checks, make, counterpart)
}

/** The names of the policies an adapter breaks; none for a sound one. */
export const failedSmsCarrierChecks = (
  make: MakeCarrier,
  counterpart: Contract.Counterpart = "scripted"
): Effect.Effect<ReadonlyArray<string>> => Contract.failedChecks(checks, make, counterpart)
