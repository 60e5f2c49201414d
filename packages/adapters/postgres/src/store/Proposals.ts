/** What takes two people: proposals, and what each kind does once it is confirmed. */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import {
  type ConfirmOutcome,
  type ConfirmProposal,
  type ProgramStoreError,
  type ProposalRefusal,
  type ProposalRow,
  type Propose,
  type Proposed,
  type ProposeOutcome,
  TwoPeople
} from "../Core.ts"
import * as Ids from "../Ids.ts"
import * as P from "../Parameters.ts"
import * as Closures from "./Closures.ts"
import * as CorrectedBalances from "./CorrectedBalances.ts"
import * as Grants from "./Grants.ts"
import * as Outbox from "./Outbox.ts"
import * as Resolutions from "./Resolutions.ts"
import * as Restores from "./Restores.ts"
import type { Store } from "./Store.ts"
import * as Waivers from "./Waivers.ts"

interface Row {
  readonly proposal_id: string
  readonly proposed: string
  readonly reason: string
  readonly proposed_by: string
  readonly proposed_at: Date
  readonly expires_at: Date
  readonly confirmed_by: string | null
  readonly confirmed_at: Date | null
}

const toProposal = (row: Row): ProposalRow => {
  // What the store gives back is what it was given.
  const proposed: Proposed = JSON.parse(row.proposed)
  return {
    proposalId: row.proposal_id,
    proposed,
    reason: row.reason,
    by: row.proposed_by,
    proposedMs: P.ms(row.proposed_at),
    expiresMs: P.ms(row.expires_at),
    confirmedBy: row.confirmed_by,
    confirmedMs: P.msOrNull(row.confirmed_at)
  }
}

/** The same asked for twice at once is one proposal: its words are locked. */
export const propose =
  (store: Store) =>
  (input: Propose): Effect.Effect<ProposeOutcome, ProgramStoreError> =>
    store.transaction(
      Effect.gen(function* () {
        const { by, expiresMs, nowMs, reason } = input
        const { kind } = input.proposed
        const { program, sql } = store
        const proposed = JSON.stringify(input.proposed)
        yield* sql`
          SELECT pg_advisory_xact_lock(hashtextextended(${`${program} ${proposed}`}, 0))`
        const [known] = yield* sql<Row>`
          SELECT * FROM proposal
          WHERE program = ${program} AND confirmed_at IS NULL
            AND expires_at > ${P.instant(nowMs)} AND proposed = ${proposed}
          ORDER BY proposal_id LIMIT 1`
        if (known !== undefined) {
          return { _tag: "AlreadyProposed", proposal: toProposal(known) } as const
        }
        const proposalId = Ids.short()
        yield* sql`
          INSERT INTO proposal (program, proposal_id, kind, proposed, reason, proposed_by,
            proposed_at, expires_at)
          VALUES (${program}, ${proposalId}, ${kind}, ${proposed}, ${reason}, ${by},
            ${P.instant(nowMs)}, ${P.instant(expiresMs)})`
        yield* auditStep(store, "proposal.propose", by, nowMs, { proposalId, kind, reason })
        const confirmed = { confirmedBy: null, confirmedMs: null }
        const proposal = { ...input, proposalId, proposedMs: nowMs, ...confirmed }
        return { _tag: "Proposed", proposal: rowOf(proposal) } as const
      })
    )

const rowOf = ({
  by,
  confirmedBy,
  confirmedMs,
  expiresMs,
  proposalId,
  proposed,
  proposedMs,
  reason
}: ProposalRow): ProposalRow => ({
  proposalId,
  proposed,
  reason,
  by,
  proposedMs,
  expiresMs,
  confirmedBy,
  confirmedMs
})

export const proposal =
  (store: Store) =>
  (input: { readonly proposalId: string }): Effect.Effect<ProposalRow | null, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<Row>`
          SELECT * FROM proposal
          WHERE program = ${store.program} AND proposal_id = ${input.proposalId}`,
        ([row]) => (row === undefined ? null : toProposal(row))
      )
    )

export const openProposals =
  (store: Store) =>
  (input: {
    readonly nowMs: number
    readonly after: string | null
    readonly limit: number
  }): Effect.Effect<ReadonlyArray<ProposalRow>, ProgramStoreError> =>
    store.query(
      Effect.map(
        store.sql<Row>`
          SELECT * FROM proposal
          WHERE program = ${store.program} AND confirmed_at IS NULL
            AND proposal_id > ${input.after ?? ""} AND expires_at > ${P.instant(input.nowMs)}
          ORDER BY proposal_id LIMIT ${input.limit}`,
        (rows) => rows.map(toProposal)
      )
    )

/** The proposal is locked: of two people who confirm at once one comes second. */
export const confirmProposal =
  (store: Store) =>
  (input: ConfirmProposal): Effect.Effect<ConfirmOutcome, ProgramStoreError> =>
    Effect.andThen(
      prepared(store, input),
      Effect.tap(
        store.transaction(
          Effect.gen(function* () {
            const { by, nowMs, proposalId } = input
            const { program, sql } = store
            const [row] = yield* sql<Row>`
            SELECT * FROM proposal
            WHERE program = ${program} AND proposal_id = ${proposalId}
            FOR UPDATE`
            if (row === undefined) return unknownProposal
            const known = toProposal(row)
            const standing = standingOf(known, input)
            if (standing !== undefined) return standing
            const reason = yield* carryOut(store, known, input)
            if (reason !== undefined) return { _tag: "Refused", reason, proposal: known } as const
            yield* sql`
            UPDATE proposal SET confirmed_by = ${by}, confirmed_at = ${P.instant(nowMs)}
            WHERE program = ${program} AND proposal_id = ${proposalId}`
            const { kind } = known.proposed
            yield* auditStep(store, "proposal.confirm", by, nowMs, { proposalId, kind })
            const confirmed = { ...known, confirmedBy: by, confirmedMs: nowMs }
            return { _tag: "Confirmed", proposal: confirmed } as const
          })
        ),
        (outcome) => witnessed(store, outcome)
      )
    )

/** A restore counts once the witness knows of it. */
const witnessed = (store: Store, outcome: ConfirmOutcome) =>
  outcome._tag === "Confirmed" && outcome.proposal.proposed.kind === "restore"
    ? Restores.tell(store)
    : Effect.void

/** A corrected balance may need a partition, which no transaction of ours waits for. */
const prepared = Effect.fnUntraced(function* (store: Store, { proposalId }: ConfirmProposal) {
  const known = yield* proposal(store)({ proposalId })
  if (known?.proposed.kind !== "correct") return
  yield* CorrectedBalances.prepare(store, known.proposed.businessDate)
})

const unknownProposal: ConfirmOutcome = { _tag: "UnknownProposal" }

const standingOf = (known: ProposalRow, input: ConfirmProposal): ConfirmOutcome | undefined => {
  if (known.confirmedMs !== null) return { _tag: "AlreadyConfirmed", proposal: known }
  if (input.nowMs >= known.expiresMs) return { _tag: "ProposalExpired", proposal: known }
  return TwoPeople.isSame(known.by, input.by) ? { _tag: "SamePerson", proposal: known } : undefined
}

/** Does what was proposed, or says why not and has written nothing. */
const carryOut = Effect.fnUntraced(function* (
  store: Store,
  known: ProposalRow,
  input: ConfirmProposal
): Effect.fn.Return<ProposalRefusal | undefined, SqlError | ProgramStoreError> {
  const { by, proposed, reason } = known
  const { nowMs } = input
  switch (proposed.kind) {
    case "waive":
      return yield* Waivers.waive(store, { ...proposed, by, reason }, input)
    case "grant":
      return yield* Grants.grant(store, proposed, input)
    case "correct": {
      const minorUnits = BigInt(proposed.minorUnits)
      const balance = { ...proposed, minorUnits, by, reason, nowMs }
      const outcome = yield* CorrectedBalances.correct(store, balance, true)
      return outcome._tag === "UnknownAccount" ? "UNKNOWN_ACCOUNT" : undefined
    }
    case "resolve":
      return yield* Resolutions.resolve(store, { ...known, proposed }, input)
    case "restore":
      return yield* Restores.restore(store, input)
    case "closure":
      yield* Closures.declare(store, { ...proposed, by, reason, nowMs }, true)
      return undefined
  }
})

const auditStep = (
  store: Store,
  action: string,
  actor: string,
  atMs: number,
  {
    proposalId,
    ...detail
  }: { readonly proposalId: string; readonly kind: string } & Readonly<Record<string, string>>
): Effect.Effect<void, SqlError> =>
  Outbox.audit(store, { atMs, actor, action, subject: proposalId, detail })
