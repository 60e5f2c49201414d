/**
 * Whether a short message can reach a customer, an axis of its own beside qualification.
 *
 * A customer without a usable number stays Qualified; the report counts them as unreachable with
 * the reason. Excluding kosher ranges is a bank's choice and is not unreachability: the carrier
 * decides, unless the policy opts in.
 */
import type { Msisdn, PhoneCheck, UnreachableLine } from "./Msisdn.ts"

/** Why no message can be addressed; the kosher reason only where the policy opted in. */
export type UnreachableReason = UnreachableLine | "KOSHER"

/**
 * Where a message for a customer would go.
 *
 * - `Reachable.kosher`: the number lies in a range sold for kosher handsets; shown, not decided on
 */
export type Reachability =
  | { readonly _tag: "Reachable"; readonly msisdn: Msisdn; readonly kosher: boolean }
  | { readonly _tag: "Unreachable"; readonly reason: UnreachableReason }

/** Every reason in precedence order, for reports that list them all. */
export const UNREACHABLE_REASONS: ReadonlyArray<UnreachableReason> = [
  "NO_PHONE",
  "INVALID",
  "LANDLINE",
  "VOIP",
  "TOLL_FREE",
  "PREMIUM_RATE",
  "SHARED_COST",
  "PERSONAL_NUMBER",
  "PAGER",
  "UAN",
  "VOICEMAIL",
  "KOSHER"
]

/**
 * Decides reachability from the check of the customer's number.
 *
 * **Shapes and units**
 * - `check`: `null` when the bank has no number for the customer
 * - `kosher`: the number lies in a kosher range
 * - `excludeKosher`: the policy's opt-in, off by default
 *
 * **Outcomes, first match wins**
 * 1. `Unreachable(NO_PHONE)` — no number given, or only blanks
 * 2. `Unreachable(reason)` — invalid, or a line that takes no short messages
 * 3. `Unreachable(KOSHER)` — in a kosher range, and the policy excludes them
 * 4. `Reachable`
 *
 * **Source** — product rules, Recipient
 */
export const decide = (
  check: PhoneCheck | null,
  kosher: boolean,
  excludeKosher: boolean
): Reachability => {
  if (check === null) return { _tag: "Unreachable", reason: "NO_PHONE" }
  if (check.reason !== null) return { _tag: "Unreachable", reason: check.reason }
  if (check.e164 === null) return { _tag: "Unreachable", reason: "INVALID" }
  if (kosher && excludeKosher) return { _tag: "Unreachable", reason: "KOSHER" }
  return { _tag: "Reachable", msisdn: check.e164, kosher }
}
