/**
 * What a program store can do, verb by verb, in the order of the stages that call them.
 *
 * **Source** — architecture, Ports and Storage; delivery protocol part 1.
 */
import type * as Effect from "effect/Effect"
import type { BusinessDate } from "../../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../../calendar/CalendarMonth.ts"
import type { Announcement } from "../../events/DomainEvent.ts"
import type * as Amendments from "./Amendments.ts"
import type * as Captures from "./Captures.ts"
import type * as Decisions from "./Decisions.ts"
import type * as Deliveries from "./Deliveries.ts"
import type { EvidenceRequest, MonthEvidence } from "./Evidence.ts"
import type { ProgramStoreError } from "./ProgramStoreError.ts"
import type * as PolicyRows from "./PolicyRows.ts"
import type * as Proposals from "./Proposals.ts"
import type * as Reports from "./Reports.ts"
import type * as Runs from "./Runs.ts"

type Verb<I, O> = (input: I) => Effect.Effect<O, ProgramStoreError>

export interface ProgramStoreVerbs {
  readonly program: string

  // Runs
  /** One worker at a time holds a run; a dead worker's run is taken over at its cursor. */
  readonly claimRun: Verb<Runs.ClaimRun, Runs.RunClaim>

  // Policies
  /** Append-only, all or none: a policy in force is never changed. */
  readonly recordPolicies: Verb<PolicyRows.RecordPolicies, PolicyRows.RecordPoliciesOutcome>
  /** A policy that was ever recorded, by the hash its decisions name. */
  readonly policyRow: Verb<{ readonly hash: string }, PolicyRows.PolicyRow | null>

  // Capture
  readonly recordCapturedPage: Verb<
    Captures.RecordCapturedPage,
    Captures.CapturedPageResult | Captures.StaleRun
  >
  /** The balances in force of the date, compared with the last captured date before. */
  readonly captureTotals: Verb<
    { readonly runId: string; readonly businessDate: BusinessDate },
    Captures.CaptureTotals
  >
  /** Announces the issues of the whole run by code. Under a stale fence nothing is written. */
  readonly finishCapture: Verb<Captures.FinishCapture, void>
  readonly raiseIssues: Verb<Captures.RaiseIssues, void>
  /** The default `BalanceHistory`: the month's evidence from the ledger, one row per customer. */
  readonly monthEvidence: Verb<EvidenceRequest, ReadonlyArray<MonthEvidence>>
  /**
   * The balances of a month that are anomalies by the rule of `balance/Anomaly`, against those of
   * the month before; by account and date. Superseded balances and days in conflict are no history.
   */
  readonly anomalies: Verb<Captures.AnomalyRequest, ReadonlyArray<Captures.StrangeBalance>>

  // Decide and release
  readonly recordDecisions: Verb<
    Decisions.RecordDecisions,
    { readonly _tag: "Recorded" } | Captures.StaleRun
  >
  /**
   * The month becomes `decided`; the announcements go out with it. Under a stale fence, or after
   * the
   * release, nothing is written and the month is given as it stands. A further run before the
   * release replaces the content hash, and approvals of the old one go.
   */
  readonly finishQualification: Verb<
    Decisions.FinishQualification & Decisions.Announced,
    Decisions.MonthRow
  >
  /** Marks the month `complete`: its gate has closed. Idempotent. */
  readonly completeMonth: Verb<
    { readonly month: CalendarMonth; readonly nowMs: number },
    Decisions.MonthRow
  >
  readonly approve: Verb<Decisions.Approve, Decisions.ApprovalOutcome>
  /**
   * Held notifications of an approved month become active; 0 when none is left (then `released`).
   */
  readonly releasePage: Verb<Decisions.ReleasePage, { readonly released: number }>
  readonly pendingRedecisions: Verb<{ readonly limit: number }, ReadonlyArray<Captures.Redecision>>
  /** Before the release it renews the content hash, and approvals of the old one go. */
  readonly recordRedecision: Verb<Decisions.RecordRedecision, Decisions.RedecisionOutcome>

  // What people change, and what takes two of them
  /** Keeps what one person asks for until another confirms it; the same again is one proposal. */
  readonly propose: Verb<Proposals.Propose, Proposals.ProposeOutcome>
  readonly proposal: Verb<{ readonly proposalId: string }, Proposals.ProposalRow | null>
  /** Those that wait for a second person, by id. */
  readonly openProposals: Verb<
    { readonly nowMs: number; readonly after: string | null; readonly limit: number },
    ReadonlyArray<Proposals.ProposalRow>
  >
  /** Carries out what was proposed, in this very transaction. */
  readonly confirmProposal: Verb<Proposals.ConfirmProposal, Proposals.ConfirmOutcome>
  readonly correctBalance: Verb<Amendments.CorrectBalance, Amendments.CorrectOutcome>
  readonly declareClosure: Verb<Amendments.DeclareClosure, Amendments.DeclareOutcome>
  /** Dates on which the bank closed no books, as people declared them; in order, from one on. */
  readonly closures: Verb<
    { readonly from: BusinessDate | null },
    ReadonlyArray<Amendments.DeclaredClosure>
  >
  readonly waivers: Verb<Amendments.WaiverRequest, ReadonlyArray<Amendments.WaivedDays>>

  // Submit, reconcile, track
  readonly claimDue: Verb<Deliveries.ClaimDue, Deliveries.ClaimedBatch>
  readonly mark: Verb<Deliveries.MarkBatch, Deliveries.MarkedBatch>
  readonly recordEvidence: Verb<Deliveries.RecordEvidence, Deliveries.RecordedEvidence>
  /** Claims whose lease is over go back to pending or become unknown (tables 1.1, lease over). */
  readonly sweepLeases: Verb<
    { readonly context: Deliveries.ApplyTimers["context"]; readonly limit: number },
    { readonly swept: number }
  >
  readonly claimUnresolved: Verb<Deliveries.ClaimUnresolved, Deliveries.UnresolvedBatch>
  readonly claimPolls: Verb<Deliveries.ClaimPolls, ReadonlyArray<Deliveries.PollDue>>
  /** Stored before they are acknowledged; unique by account and digest. */
  readonly storeReceipts: Verb<Deliveries.StoreReceipts, Deliveries.StoredReceipts>
  readonly foldReceipts: Verb<Deliveries.FoldReceipts, Deliveries.FoldedReceipts>
  /** Expiry, 72 h closings: whatever the clock alone changes. */
  readonly applyTimers: Verb<Deliveries.ApplyTimers, { readonly applied: number }>

  // Suppression and stopping
  readonly suppress: Verb<
    {
      readonly customerIds: ReadonlyArray<string>
      readonly reason: string
      readonly by: string
      readonly nowMs: number
    },
    { readonly added: number }
  >
  readonly unsuppress: Verb<
    { readonly customerIds: ReadonlyArray<string>; readonly by: string; readonly nowMs: number },
    { readonly removed: number }
  >
  readonly suppressions: Verb<
    { readonly after: string | null; readonly limit: number },
    ReadonlyArray<{
      readonly customerId: string
      readonly reason: string
      readonly sinceMs: number
    }>
  >
  readonly setPause: Verb<
    {
      readonly state: "none" | "paused" | "killed"
      readonly by: string
      readonly nowMs: number
    },
    void
  >

  // Escalations, outbox
  readonly escalations: Verb<
    { readonly openOnly: boolean; readonly after: string | null; readonly limit: number },
    ReadonlyArray<Deliveries.EscalationRow>
  >
  /** Ends items; one whose message two people must decide about stays open. */
  readonly acknowledgeEscalations: Verb<
    Deliveries.AcknowledgeEscalations,
    { readonly acknowledged: number }
  >
  readonly unnotifiedEscalations: Verb<
    { readonly limit: number },
    ReadonlyArray<Deliveries.EscalationRow>
  >
  readonly escalationsNotified: Verb<
    { readonly escalationIds: ReadonlyArray<string>; readonly nowMs: number },
    void
  >
  /** In commit order; the same events come again until they are marked published. */
  readonly outbox: Verb<{ readonly limit: number }, Reports.OutboxPage>
  readonly outboxPublished: Verb<
    { readonly eventIds: ReadonlyArray<string>; readonly nowMs: number },
    void
  >

  // Knowing
  readonly ledger: Verb<{ readonly nowMs: number }, Reports.LedgerView>
  readonly monthFigures: Verb<{ readonly month: CalendarMonth }, Reports.MonthFigures>
  readonly customerMonth: Verb<
    { readonly customerId: string; readonly month: CalendarMonth },
    Reports.CustomerMonth
  >
  /**
   * The customers of a month by id, a page after the one before; a page that is not full is the
   * last. Pages are read one by one: what changes between them shows in what is counted of them.
   */
  readonly monthCustomers: Verb<
    { readonly month: CalendarMonth; readonly after: string | null; readonly limit: number },
    ReadonlyArray<Reports.MonthCustomer>
  >
  readonly recordReport: Verb<
    Reports.RecordReport & { readonly announcements: ReadonlyArray<Announcement> },
    void
  >
  /** One audit row, whoever reads it later; nothing else. */
  readonly recordAccess: Verb<Reports.RecordAccess, void>
  readonly report: Verb<
    { readonly month: CalendarMonth; readonly version: string | null },
    Reports.ReportRow | null
  >
}
