/**
 * What people decide: approvals, suppressions, the pause. In the host's transaction where it passes
 * a client of it.
 *
 * **Source** — architecture, Embedding; decision record 0007.
 */
import * as Effect from "effect/Effect"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { ApprovalOutcome } from "../ports/store/Decisions.ts"
import { Program } from "../workflows/Program.ts"
import { businessMs, parsed } from "./GivenTime.ts"
import * as Instants from "./Instants.ts"
import * as OpenChecks from "./OpenChecks.ts"
import { HostTransactions } from "./StoreParts.ts"
import { invalid, refused } from "./TidemarkError.ts"
import type { Approval, CallOptions, Suppression, TransactionOptions } from "./TidemarkTypes.ts"

/** Runs store verbs, in the host's transaction where it passed a client. */
export const transacted = <A, E, R>(
  verbs: Effect.Effect<A, E, R>,
  tx: unknown
): Effect.Effect<A, unknown, R | HostTransactions> => {
  if (tx === undefined) return verbs
  return Effect.gen(function* () {
    const within = (yield* HostTransactions).join(tx)
    if (within !== undefined) return yield* within(verbs)
    return yield* Effect.fail(invalid("tx", "this store cannot join a transaction of the host"))
  })
}

export const approve = Effect.fnUntraced(function* (
  approval: Approval,
  options?: TransactionOptions
) {
  const month = yield* parsed(() => Instants.month(approval.month))
  const by = yield* parsed(() => OpenChecks.named("by", approval.by))
  const hash = yield* parsed(() => OpenChecks.named("hash", approval.hash))
  const nowMs = yield* businessMs(options)
  const { policyFor } = yield* Program
  const store = yield* ProgramStore
  const required = policyFor(month).policy.qualification.approval === "automatic" ? 1 : 2
  const { _tag } = yield* transacted(
    store.approve({ month, hash, by, nowMs, required }),
    options?.tx
  )
  if (_tag === "Approved") return "approved" as const
  if (_tag === "NeedsSecondPerson") return "needsSecondPerson" as const
  return yield* Effect.fail(refused(_tag, refusals[_tag]))
})

const refusals: Readonly<
  Record<Exclude<ApprovalOutcome["_tag"], "Approved" | "NeedsSecondPerson">, string>
> = {
  NotDecided: "the month is not decided yet",
  AlreadyReleased: "the month is released already",
  HashMismatch: "the hash is not that of the decisions: look at them again with months()",
  SamePerson: "the same person cannot approve twice"
}

export const suppress = Effect.fnUntraced(function* (
  { by, customerIds, reason }: Suppression,
  options?: TransactionOptions
) {
  yield* parsed(() => OpenChecks.named("by", by) + OpenChecks.named("reason", reason))
  const nowMs = yield* businessMs(options)
  const store = yield* ProgramStore
  const verb = store.suppress({ customerIds, reason, by, nowMs })
  return (yield* transacted(verb, options?.tx)).added
})

export const unsuppress = Effect.fnUntraced(function* (
  { by, customerIds }: Omit<Suppression, "reason">,
  options?: TransactionOptions
) {
  yield* parsed(() => OpenChecks.named("by", by))
  const nowMs = yield* businessMs(options)
  const store = yield* ProgramStore
  return (yield* transacted(store.unsuppress({ customerIds, by, nowMs }), options?.tx)).removed
})

export const setPause = Effect.fnUntraced(function* (
  state: "none" | "paused" | "killed",
  by: string,
  options?: CallOptions
) {
  yield* parsed(() => OpenChecks.named("by", by))
  const store = yield* ProgramStore
  yield* store.setPause({ state, by, nowMs: yield* businessMs(options) })
})
