/**
 * The policies a host gives as plain objects, checked and pinned to the months they are in force.
 *
 * **Source** — product rules, Rules (first paragraph).
 */
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import * as PolicyDocument from "../ports/PolicyDocument.ts"
import type { PolicyObject } from "./PolicyObject.ts"
import { PolicyError, type Problem } from "./TidemarkError.ts"

/** One policy and the month from which it is in force. */
export interface DatedPolicy {
  /** `YYYY-MM`. */
  readonly effectiveFrom: string
  readonly policy: PolicyObject
}

export type PinnedPolicies = readonly [PinnedPolicy, ...ReadonlyArray<PinnedPolicy>]

/** Where there is one policy only its month is no question: the earliest holds before it too. */
const fromEver = "2000-01"

/** Either of the two ways to give policies. */
export interface PolicyOptions {
  readonly policy?: PolicyObject | undefined
  readonly policies?: ReadonlyArray<DatedPolicy> | undefined
}

/**
 * All policies, or one error with every problem of all of them.
 *
 * The hash is taken over the object's JSON with sorted keys: a host that writes the same policy in
 * another order has not changed it.
 */
export const read = (options: PolicyOptions): PinnedPolicies | PolicyError => {
  const { policies, policy } = options
  const problems: Array<Problem> = []
  const pinned: Array<PinnedPolicy> = []
  const pin = (path: string, object: PolicyObject, month: CalendarMonth): void => {
    const result = PolicyDocument.read(canonical(object), month)
    if (!("_tag" in result)) pinned.push(result)
    else for (const problem of result.problems) problems.push(at(path, problem))
  }
  if ((policy === undefined) === (policies === undefined)) {
    problems.push({ path: "policy", message: "give either policy or policies" })
  }
  const ever = PolicyDocument.month(fromEver)
  if (policy !== undefined && ever !== undefined) pin("policy", policy, ever)
  const seen = new Set<string>()
  for (const [i, entry] of (policies ?? []).entries()) {
    const path = `policies.${i}`
    const month = PolicyDocument.month(entry.effectiveFrom)
    if (month === undefined || seen.has(month)) {
      const message = month === undefined ? "a month, YYYY-MM" : "a month no other policy starts in"
      problems.push({ path: `${path}.effectiveFrom`, message })
    }
    if (month !== undefined) seen.add(month)
    const start = month ?? ever
    if (start !== undefined) pin(`${path}.policy`, entry.policy, start)
  }
  const [first, ...rest] = pinned
  if (first !== undefined && problems.length === 0) return [first, ...rest]
  if (problems.length === 0) problems.push({ path: "policies", message: "at least one policy" })
  const words = problems.map(({ message, path }) => `${path}: ${message}`).join("; ")
  return new PolicyError("PolicyError.Invalid", words, { problems })
}

const at = (path: string, problem: Problem): Problem => ({
  path: problem.path === "" ? path : `${path}.${problem.path}`,
  message: problem.message
})

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1))
        )
      : part
  ) ?? "null"

/** The latest policy: its process-time constants are the carrier's too. */
export const latest = (policies: PinnedPolicies): PinnedPolicy => {
  let found = policies[0]
  for (const policy of policies) if (policy.effectiveFrom > found.effectiveFrom) found = policy
  return found
}
