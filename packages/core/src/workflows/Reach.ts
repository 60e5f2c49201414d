/**
 * Where a message for a customer would go, from the phone the bank has and the program's policy.
 * Phone metadata is heavy, so the rule itself takes a check; this joins the two.
 *
 * **Source** — product rules, Recipient.
 */
import * as Msisdn from "../recipient/Msisdn.ts"
import * as Reachability from "../recipient/Reachability.ts"
import type { RecipientPolicy } from "../recipient/RecipientPolicy.ts"

/** Reads the phone in the policy's region and decides whether a short message can reach it. */
export const reachOf = (
  phone: string | null,
  policy: RecipientPolicy
): Reachability.Reachability => {
  if (phone === null || phone.trim() === "") return Reachability.decide(null, false, false)
  const check = Msisdn.check(phone, policy.region)
  const kosher =
    check.e164 !== null && Msisdn.isKosher(check.e164, policy.kosherPrefixes ?? undefined)
  return Reachability.decide(check, kosher, policy.excludeKosher)
}
