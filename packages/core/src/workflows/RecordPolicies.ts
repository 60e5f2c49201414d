/**
 * Keeps the policies a program is started with: what a month was decided by can be read for as long
 * as the decision is kept, and nobody changes it by editing a file.
 *
 * **Source** — product rules, Rules (first paragraph: a month's policy is pinned); architecture,
 * Storage (policies are rows).
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import * as PolicyDocument from "../ports/PolicyDocument.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"

/** Records what is new; `InForce` where one was changed under which the program has worked. */
export const recordPolicies = Effect.fn("RecordPolicies.recordPolicies")(function* (
  policies: ReadonlyArray<PinnedPolicy>
) {
  const store = yield* ProgramStore
  const nowMs = yield* Clock.currentTimeMillis
  return yield* store.recordPolicies({
    nowMs,
    policies: policies.map(({ effectiveFrom, hash, text }) => ({ effectiveFrom, hash, text }))
  })
})

/**
 * The policy a decision names: one of those given, else as it was recorded. `undefined` where
 * neither has it, or where the recorded bytes are not those of the hash or no policy any more.
 */
export const policyOf = Effect.fn("RecordPolicies.policyOf")(function* (
  hash: string,
  given: ReadonlyArray<PinnedPolicy>
) {
  const known = given.find((policy) => policy.hash === hash)
  if (known !== undefined) return known
  const store = yield* ProgramStore
  const row = yield* store.policyRow({ hash })
  if (row === null) return undefined
  const read = PolicyDocument.read(row.text, row.effectiveFrom)
  return "_tag" in read || read.hash !== hash ? undefined : read
})

/** What to do about a policy that was changed while it was in force. */
export const inForce = (effectiveFrom: string): string =>
  `the policy from ${effectiveFrom} is in force already and must stay as it was, to the order of ` +
  "its fields; add a changed one from a month that has not begun"
