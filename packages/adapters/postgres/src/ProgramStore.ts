/**
 * The program store on PostgreSQL: the verbs of the port, composed from their stages.
 *
 * **Source** — ports, ProgramStore; delivery protocol part 1.
 */
import type { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import type { ProgramStoreError, ProgramStoreVerbs, Secrets } from "./Core.ts"
import * as Executor from "./Executor.ts"
import * as Anomalies from "./store/Anomalies.ts"
import * as Captures from "./store/Captures.ts"
import * as CaptureTotals from "./store/CaptureTotals.ts"
import * as Claim from "./store/Claim.ts"
import * as Closures from "./store/Closures.ts"
import * as CorrectedBalances from "./store/CorrectedBalances.ts"
import * as Decisions from "./store/Decisions.ts"
import * as Escalations from "./store/Escalations.ts"
import * as Evidence from "./store/Evidence.ts"
import * as Figures from "./store/Figures.ts"
import * as Issues from "./store/Issues.ts"
import * as Ledger from "./store/Ledger.ts"
import * as Mark from "./store/Mark.ts"
import * as MonthCustomers from "./store/MonthCustomers.ts"
import * as Months from "./store/Months.ts"
import * as Operating from "./store/Operating.ts"
import * as Outbox from "./store/Outbox.ts"
import * as PolicyRows from "./store/PolicyRows.ts"
import * as Proposals from "./store/Proposals.ts"
import * as Receipts from "./store/Receipts.ts"
import * as Recording from "./store/Recording.ts"
import * as Redecisions from "./store/Redecisions.ts"
import * as Reports from "./store/Reports.ts"
import * as Resolutions from "./store/Resolutions.ts"
import * as Restores from "./store/Restores.ts"
import * as Runs from "./store/Runs.ts"
import type { Store } from "./store/Store.ts"
import * as Track from "./store/Track.ts"
import * as Waivers from "./store/Waivers.ts"
import type { Witness } from "./Witness.ts"

export type { Store } from "./store/Store.ts"

/** Opens one program's store on a client whose search path is the schema. */
export const open = (
  sql: PgClient.PgClient,
  secrets: Secrets["Service"],
  program: string,
  schema: string,
  witness?: Witness
): Effect.Effect<Store, ProgramStoreError> => {
  const store: Store = {
    ...Executor.make(sql),
    program,
    schema,
    secrets,
    partitions: new Set(),
    witness
  }
  return store
    .transaction(sql`
      INSERT INTO program_state (program) VALUES (${program}) ON CONFLICT DO NOTHING
      RETURNING program`)
    .pipe(
      Effect.tap((made) => (made.length > 0 ? begin(store) : Effect.void)),
      Effect.as(store)
    )
}

/** A program's first life: its witness knows it, unless it knows another one already. */
const begin = Effect.fnUntraced(function* (store: Store) {
  if (store.witness === undefined || (yield* store.witness.read) !== undefined) return
  yield* Restores.tell(store)
})

/** Ends every lease: whoever held them is known to be dead. */
export const voidLeases = (store: Store): Effect.Effect<void, ProgramStoreError> =>
  store.transaction(
    Effect.gen(function* () {
      yield* store.sql`
        UPDATE run SET lease_until = clock_timestamp()
        WHERE finished_at IS NULL AND lease_until > clock_timestamp()`
      yield* store.sql`
        UPDATE attempt SET lease_until = clock_timestamp()
        WHERE lease_until > clock_timestamp()`
    })
  )

/** The port's verbs. */
export const make = (store: Store): ProgramStoreVerbs => ({
  program: store.program,
  claimRun: Runs.claimRun(store),
  recordPolicies: PolicyRows.recordPolicies(store),
  policyRow: PolicyRows.policyRow(store),
  recordCapturedPage: Captures.recordCapturedPage(store),
  captureTotals: CaptureTotals.captureTotals(store),
  finishCapture: Captures.finishCapture(store),
  raiseIssues: Issues.raiseIssues(store),
  monthEvidence: Evidence.monthEvidence(store),
  anomalies: Anomalies.anomalies(store),
  recordDecisions: Decisions.recordDecisions(store),
  finishQualification: Decisions.finishQualification(store),
  completeMonth: Months.completeMonth(store),
  approve: Months.approve(store),
  releasePage: Months.releasePage(store),
  pendingRedecisions: Redecisions.pendingRedecisions(store),
  recordRedecision: Redecisions.recordRedecision(store),
  propose: Proposals.propose(store),
  proposal: Proposals.proposal(store),
  openProposals: Proposals.openProposals(store),
  confirmProposal: Proposals.confirmProposal(store),
  correctBalance: CorrectedBalances.correctBalance(store),
  declareClosure: Closures.declareClosure(store),
  closures: Closures.closures(store),
  waivers: Waivers.waivers(store),
  claimDue: Claim.claimDue(store),
  mark: Mark.mark(store),
  recordEvidence: Recording.recordEvidence(store),
  sweepLeases: Track.sweepLeases(store),
  claimUnresolved: Track.claimUnresolved(store),
  claimPolls: Track.claimPolls(store),
  storeReceipts: Receipts.storeReceipts(store),
  foldReceipts: Receipts.foldReceipts(store),
  applyTimers: Track.applyTimers(store),
  suppress: Operating.suppress(store),
  unsuppress: Operating.unsuppress(store),
  suppressions: Operating.suppressions(store),
  setPause: Operating.setPause(store),
  escalations: Escalations.escalations(store),
  acknowledgeEscalations: Resolutions.acknowledge(store),
  unnotifiedEscalations: Escalations.unnotifiedEscalations(store),
  escalationsNotified: Escalations.escalationsNotified(store),
  outbox: Outbox.outbox(store),
  outboxPublished: Outbox.outboxPublished(store),
  ledger: Ledger.ledger(store),
  monthFigures: Figures.monthFigures(store),
  customerMonth: Reports.customerMonth(store),
  monthCustomers: MonthCustomers.monthCustomers(store),
  recordReport: Reports.recordReport(store),
  recordAccess: Reports.recordAccess(store),
  report: Reports.report(store)
})
