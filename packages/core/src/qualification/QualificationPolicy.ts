/**
 * What the program's policy says about deciding and releasing a month.
 */

/**
 * Which of a customer's accounts the rule looks at.
 * - `primaryAccount` — the one the bank names
 * - `anyAccount` — one account that alone passes every day is enough
 * - `sumOfAccounts` — the day's balances are added before they are compared
 */
export type AccountRule = "primaryAccount" | "anyAccount" | "sumOfAccounts"

/** Whether a decided month is released by itself or after two different people approved it. */
export type ApprovalRule = "automatic" | "twoPeople"

/** The qualification room's fragment of the program's policy. */
export interface QualificationPolicy {
  readonly accounts: AccountRule
  readonly approval: ApprovalRule
  /** Most dates of one month that may be waived for one customer. */
  readonly maximumWaivedDays: number
}

/** **Source** — product rules, "Days"; the limit on waived days is ours. */
export const defaultQualificationPolicy: QualificationPolicy = {
  accounts: "primaryAccount",
  approval: "twoPeople",
  maximumWaivedDays: 5
}
