/** Stores that each break one rule on purpose: the contract must notice every one of them. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Memory from "../../src/ports/memory/MemoryProgramStore.ts"
import { ProgramStore, type ProgramStoreVerbs } from "../../src/ports/ProgramStore.ts"
import type { MonthCustomer } from "../../src/ports/store/Reports.ts"
import type { MakeStore } from "../../src/testing/programStore/ProgramStoreContract.ts"

export interface BrokenStore {
  readonly breaks: string
  readonly make: MakeStore
  /** At least these policies must fail. */
  readonly caughtBy: ReadonlyArray<string>
}

type Break = (verbs: ProgramStoreVerbs) => Partial<ProgramStoreVerbs>

const broken = (
  breaks: string,
  change: Break,
  ...caughtBy: ReadonlyArray<string>
): BrokenStore => ({
  breaks,
  caughtBy,
  make: (program) =>
    Layer.sync(ProgramStore, () => {
      const { verbs } = Memory.make({ program })
      return { ...verbs, ...change(verbs) }
    })
})

const shared = new Map<string, ProgramStoreVerbs>()

/**
 * The fence each message is held under, as a store without fencing would believe anybody has it.
 */
const ignoresFences: Break = (verbs) => {
  const fences = new Map<string, bigint>()
  const remember = (fence: bigint, rows: ReadonlyArray<{ readonly notificationId: string }>) => {
    for (const { notificationId } of rows) fences.set(notificationId, fence)
  }
  return {
    claimDue: (input) =>
      Effect.tap(verbs.claimDue(input), ({ fence, messages }) =>
        Effect.sync(() => remember(fence, messages))
      ),
    claimUnresolved: (input) =>
      Effect.tap(verbs.claimUnresolved(input), ({ attempts, fence }) =>
        Effect.sync(() => remember(fence, attempts))
      ),
    recordEvidence: (input) =>
      Effect.gen(function* () {
        let changed = 0
        let ignored = 0
        for (const evidence of input.evidence) {
          const fence = fences.get(evidence.notificationId) ?? input.fence
          const found = yield* verbs.recordEvidence({ ...input, fence, evidence: [evidence] })
          changed += found.changed
          ignored += found.ignored
        }
        return { changed, ignored }
      })
  }
}

let unique = 0

export const brokenStores: ReadonlyArray<BrokenStore> = [
  broken(
    "a mark that does not look at suppressions",
    () => ({ suppress: ({ customerIds }) => Effect.succeed({ added: customerIds.length }) }),
    "never marks a suppressed customer",
    "a message that is not marked ends with the suppression of its customer"
  ),
  broken(
    "evidence without a fence",
    ignoresFences,
    "ignores a refusal from a stale worker",
    "outbox rows appear with their state change and not without"
  ),
  broken(
    "evidence of a stale acceptance refused",
    (verbs) => ({
      recordEvidence: (input) =>
        verbs.recordEvidence({
          ...input,
          evidence: input.evidence.filter(
            ({ event }) => event._tag !== "AcceptanceSeen" || input.fence === null
          )
        })
    }),
    "records an acceptance from a stale worker"
  ),
  broken(
    "runs without a lease",
    (verbs) => ({ claimRun: (input) => verbs.claimRun({ ...input, leaseMs: 0 }) }),
    "another worker is kept out while the lease lasts"
  ),
  broken(
    "runs that start over when they are taken over",
    (verbs) => ({
      claimRun: (input) =>
        Effect.map(verbs.claimRun(input), (claim) =>
          claim._tag === "Claimed" ? { ...claim, cursor: null, page: 0 } : claim
        )
    }),
    "a taken-over run continues at its cursor and the old worker writes nothing"
  ),
  broken(
    "claims that never end",
    (verbs) => ({
      claimDue: (input) => {
        const policy = { ...input.context.policy, leaseMs: 1_000_000_000 }
        return verbs.claimDue({ ...input, context: { ...input.context, policy } })
      }
    }),
    "refuses to mark after the lease is over",
    "a claim whose lease is over is due again",
    "a submission whose lease is over is unknown, never pending"
  ),
  broken(
    "a mark that does not look at the window",
    (verbs) => ({
      mark: (input) => verbs.mark({ ...input, windowClosesMs: Number.MAX_SAFE_INTEGER })
    }),
    "never marks outside the send window"
  ),
  broken(
    "a mark that believes any permission",
    (verbs) => ({
      mark: (input) =>
        verbs.mark({
          ...input,
          requests: input.requests.map((request) =>
            request._tag === "Mark"
              ? { ...request, contactAskedMs: Number.MAX_SAFE_INTEGER }
              : request
          )
        })
    }),
    "never marks on a permission that is too old"
  ),
  broken(
    "a replay that sends what was rendered last",
    (verbs) => ({
      mark: (input) =>
        Effect.map(verbs.mark(input), ({ marked }) => ({
          marked: marked.map((member) => {
            const request = input.requests.find(
              ({ notificationId }) => notificationId === member.notificationId
            )
            return request?._tag === "Mark" ? { ...member, message: request.message } : member
          })
        }))
    }),
    "a replay sends the frozen bytes under the same key"
  ),
  broken(
    "a pause nobody looks at",
    () => ({ setPause: () => Effect.void }),
    "a paused or killed program claims nothing, and goes on when it is resumed",
    "never marks while the program is paused, and gives the row back"
  ),
  broken(
    "a breaker nobody tells of failures",
    (verbs) => ({
      recordEvidence: (input) => verbs.recordEvidence({ ...input, heard: undefined })
    }),
    "five failures in a row open the circuit breaker: nothing is submitted",
    "what was claimed before the breaker opened is given back at the mark"
  ),
  broken(
    "a breaker that answers do not close",
    (verbs) => ({
      recordEvidence: (input) => {
        const heard = input.heard === "answer" ? undefined : input.heard
        return verbs.recordEvidence({ ...input, heard })
      }
    }),
    "an answer ends the row of failures",
    "an answered probe closes it, and the backlog goes at the carrier's rate"
  ),
  broken(
    "receipts stored as often as they come",
    (verbs) => ({
      storeReceipts: (input) =>
        verbs.storeReceipts({
          ...input,
          reports: input.reports.map((report) => ({ ...report, digest: `${unique++}` }))
        })
    }),
    "stores a receipt once",
    "a receipt stored twice in one call is one receipt"
  ),
  broken(
    "orphans that are dropped",
    (verbs) => ({
      storeReceipts: (input) => {
        const known = input.reports.filter(({ reference }) => reference === "never")
        return verbs.storeReceipts({ ...input, reports: known })
      }
    }),
    "keeps an orphan receipt until its message appears"
  ),
  broken(
    "an approval of any content",
    (verbs) => ({
      approve: (input) =>
        Effect.andThen(verbs.ledger({ nowMs: input.nowMs }), ({ months }) =>
          verbs.approve({ ...input, hash: months[0]?.contentHash ?? "" })
        )
    }),
    "an approval must name the content hash"
  ),
  broken(
    "an approval by one person twice",
    (verbs) => ({ approve: (input) => verbs.approve({ ...input, by: `person-${unique++}` }) }),
    "the same person cannot approve twice"
  ),
  broken(
    "a release without approval",
    (verbs) => ({
      releasePage: (input) =>
        Effect.gen(function* () {
          const { months } = yield* verbs.ledger({ nowMs: input.nowMs })
          const hash = months[0]?.contentHash ?? ""
          const { month, nowMs } = input
          yield* verbs.approve({ month, hash, by: "nobody", nowMs, required: 1 })
          return yield* verbs.releasePage(input)
        })
    }),
    "nothing is released before the approval"
  ),
  broken(
    "a correction that overwrites what was marked",
    (verbs) => ({
      recordRedecision: (input) =>
        Effect.map(verbs.recordRedecision(input), (outcome) =>
          outcome._tag === "Observed" ? ({ _tag: "Redecided" } as const) : outcome
        )
    }),
    "after the mark the decision stands and operations are told once"
  ),
  broken(
    "a queue that forgets a correction made meanwhile",
    (verbs) => ({
      recordRedecision: ({ cause, decision, month, nowMs, policyHash }) =>
        verbs.recordRedecision({ cause, decision, month, nowMs, policyHash })
    }),
    "a correction that arrives during a re-decision stays on the queue"
  ),
  broken(
    "a person who is enough alone",
    (verbs) => ({
      confirmProposal: (input) => verbs.confirmProposal({ ...input, by: `not ${input.by}` })
    }),
    "nothing happens before somebody else has confirmed it"
  ),
  broken(
    "a proposal that never ends",
    (verbs) => ({
      propose: (input) => verbs.propose({ ...input, expiresMs: Number.MAX_SAFE_INTEGER })
    }),
    "a proposal nobody confirmed in time is over"
  ),
  broken(
    "waivers that are forgotten",
    () => ({ waivers: () => Effect.succeed([]) }),
    "waived days are kept by customer and month, and add up"
  ),
  broken(
    "a policy that may be changed in force",
    () => ({ recordPolicies: () => Effect.succeed({ _tag: "Recorded", added: 0 }) }),
    "a policy in force is never changed, and none is slipped in before it"
  ),
  broken(
    "approvals that outlive what was approved",
    (verbs) => {
      const approved = new Map<string, string>()
      return {
        approve: (input) => {
          approved.set(input.month, input.by)
          return verbs.approve(input)
        },
        recordRedecision: (input) =>
          Effect.gen(function* () {
            const outcome = yield* verbs.recordRedecision(input)
            const { months } = yield* verbs.ledger({ nowMs: input.nowMs })
            const hash = months.find((row) => row.month === input.month)?.contentHash ?? ""
            const by = approved.get(input.month)
            const { month, nowMs } = input
            if (by !== undefined) yield* verbs.approve({ month, hash, by, nowMs, required: 1 })
            return outcome
          })
      }
    },
    "a re-decision before the release voids the approvals with the hash"
  ),
  broken(
    "events that come once",
    (verbs) => ({
      outbox: (input) =>
        Effect.tap(verbs.outbox(input), ({ events }) =>
          verbs.outboxPublished({ eventIds: events.map(({ id }) => id), nowMs: 0 })
        )
    }),
    "events come in commit order, again and again until they are published"
  ),
  broken(
    "conflicts that keep the first amount",
    (verbs) => ({
      recordCapturedPage: (input) =>
        verbs.recordCapturedPage({ ...input, conflictingAccountIds: [] })
    }),
    "two amounts in one page are a conflict and no balance"
  ),
  {
    breaks: "one store for all programs",
    make: (program) =>
      Layer.sync(ProgramStore, () => {
        const all = program.replace(/-other$/, "")
        const verbs = shared.get(all) ?? Memory.make({ program: all }).verbs
        shared.set(all, verbs)
        return verbs
      }),
    caughtBy: [
      "runs of different programs do not touch each other",
      "programs do not see each other's balances",
      "programs do not claim each other's messages"
    ]
  },
  broken(
    "customers listed without their messages",
    (verbs) => ({
      monthCustomers: (input) =>
        Effect.map(verbs.monthCustomers(input), (page) =>
          page.map((customer) => ({ ...customer, message: null }))
        )
    }),
    "each customer counts where the figures of the month count it"
  ),
  broken(
    "a page of customers that begins with the last of the page before",
    (verbs) => {
      let last: ReadonlyArray<MonthCustomer> = []
      return {
        monthCustomers: (input) =>
          Effect.map(verbs.monthCustomers(input), (page) => {
            const again = input.after === null ? page : [...last.slice(-1), ...page]
            last = page
            return again.slice(0, input.limit)
          })
      }
    },
    "the customers of a month are listed once each, in order of their ids"
  )
]
