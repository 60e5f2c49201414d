/** The line `demo --json` ends with, and the law its figures obey. */
import { assert } from "vitest"

/** Exactly these, in this order: the public contract. */
export const keys = [
  "month",
  "population",
  "qualified",
  "notQualified",
  "undetermined",
  "unreachable",
  "excluded",
  "unrenderable",
  "suppressed",
  "expired",
  "delivered",
  "failed",
  "undeliverable",
  "escalated",
  "pending",
  "accepted",
  "duplicates",
  "report"
] as const

export type Figures = Readonly<Record<Exclude<(typeof keys)[number], "month" | "report">, number>>

/** Each customer is in one outcome, each qualified one in one disposition. */
export const conserved = (figures: Omit<Figures, "accepted" | "duplicates">): void => {
  const { notQualified, population, qualified, undetermined } = figures
  assert.strictEqual(population, qualified + notQualified + undetermined)
  const { delivered, escalated, excluded, expired, failed, pending } = figures
  const { suppressed, undeliverable, unreachable, unrenderable } = figures
  assert.strictEqual(
    qualified,
    unreachable +
      excluded +
      unrenderable +
      suppressed +
      expired +
      delivered +
      failed +
      undeliverable +
      escalated +
      pending
  )
}
