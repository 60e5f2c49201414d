/**
 * The program store in memory: for tests, simulations and the quickstart. Each verb is one
 * synchronous step, so it is atomic and serialisable; nothing outlives the process.
 *
 * Leases and the settle delay follow Effect's Clock, business time the arguments.
 *
 * **Source** — architecture, Ports ("Memory layer included"), Two times.
 */
import * as Effect from "effect/Effect"
import type { ProgramStoreVerbs } from "../store/ProgramStoreVerbs.ts"
import type { ProgramStoreError } from "../store/ProgramStoreError.ts"
import * as Amendments from "./Amendments.ts"
import { anomalies } from "./Anomalies.ts"
import * as Backups from "./Backups.ts"
import * as Captures from "./Captures.ts"
import * as Decisions from "./Decisions.ts"
import * as Knowing from "./Knowing.ts"
import { monthCustomers } from "./MonthCustomers.ts"
import { monthEvidence } from "./MonthEvidence.ts"
import * as Operating from "./Operating.ts"
import * as PolicyRows from "./PolicyRows.ts"
import * as Proposals from "./Proposals.ts"
import type { Protocol } from "./Protocol.ts"
import * as Receipts from "./Receipts.ts"
import * as Release from "./Release.ts"
import * as Resolutions from "./Resolutions.ts"
import * as Runs from "./Runs.ts"
import * as State from "./State.ts"
import * as Submit from "./Submit.ts"
import * as Track from "./Track.ts"
import * as Witness from "./Witness.ts"

export interface MemoryOptions {
  readonly program: string
  /** Rules other than the real ones, for tests that must see them fail. */
  readonly protocol?: Protocol
  /** Where given, nothing is claimed or marked in a store that it does not know. */
  readonly witness?: Witness.Witness
}

export type { AuditRow } from "./State.ts"

/** A store and a view of what a database would show beside its verbs. */
export interface MemoryProgramStore {
  readonly verbs: ProgramStoreVerbs
  readonly audit: () => ReadonlyArray<State.AuditRow>
  /** All that the store knows now. */
  readonly backUp: () => Backup
  /** How often something may have changed: while this stays, so does all that the store knows. */
  readonly changes: () => number
  /** Puts a backup back, as into another database: the store forgets what came after it. */
  readonly restore: (backup: Backup) => void
}

/** What a store knew at an instant. */
export interface Backup {
  readonly state: State.State
}

/** Ids of a database are random; these are counted, and never come again after a restore either. */
const restoredIds = 4_294_967_296

/** The state as it is now: another one after a restore. */
interface Present {
  state: State.State
  changes: number
  /** What the ledger last told of captures, months and reports, until a verb may change it. */
  standing: Knowing.Standing | undefined
}

/** What makes verbs of functions over the state. */
const kindsOf = (of: Present) => {
  /** A verb after which the store knows what it knew before. */
  const reading =
    <I, O>(run: (state: State.State, input: I, clockMs: number) => O) =>
    (input: I): Effect.Effect<O> =>
      Effect.clockWith((clock) =>
        Effect.succeed(run(of.state, input, clock.currentTimeMillisUnsafe()))
      )
  /** A verb after which captures, months and reports are as they were. */
  const beside = <I, O>(run: (state: State.State, input: I, clockMs: number) => O) =>
    reading((state: State.State, input: I, clockMs) => {
      of.changes++
      return run(state, input, clockMs)
    })
  const verb = <I, O>(run: (state: State.State, input: I, clockMs: number) => O) =>
    beside((state: State.State, input: I, clockMs) => {
      of.standing = undefined
      return run(state, input, clockMs)
    })
  const witnessed =
    <I, O>(run: (state: State.State, input: I, clockMs: number) => O) =>
    (input: I): Effect.Effect<O, ProgramStoreError> =>
      Effect.suspend(() => {
        const refusal = Witness.refusal(of.state)
        return refusal === undefined ? verb(run)(input) : Effect.fail(refusal)
      })
  return { beside, reading, verb, witnessed }
}

const verbsOf = (of: Present): ProgramStoreVerbs => {
  const { beside, reading, verb, witnessed } = kindsOf(of)
  return {
    program: of.state.program,
    claimRun: beside(Runs.claimRun),
    recordPolicies: verb(PolicyRows.recordPolicies),
    policyRow: reading(PolicyRows.policyRow),
    recordCapturedPage: verb(Captures.recordCapturedPage),
    captureTotals: reading(Captures.captureTotals),
    finishCapture: verb(Captures.finishCapture),
    raiseIssues: beside(Captures.raiseIssues),
    monthEvidence: reading(monthEvidence),
    anomalies: reading(anomalies),
    recordDecisions: verb(Decisions.recordDecisions),
    finishQualification: verb(Decisions.finishQualification),
    completeMonth: verb(Decisions.completeMonth),
    approve: verb(Release.approve),
    releasePage: verb(Release.releasePage),
    pendingRedecisions: reading(Decisions.pendingRedecisions),
    recordRedecision: witnessed(Decisions.recordRedecision),
    propose: beside(Proposals.propose),
    proposal: reading(Proposals.proposal),
    openProposals: reading(Proposals.openProposals),
    confirmProposal: verb(Proposals.confirmProposal),
    correctBalance: verb(Amendments.correctBalance),
    declareClosure: verb(Amendments.declareClosure),
    closures: reading(Amendments.closures),
    waivers: reading(Amendments.waivers),
    claimDue: witnessed(Submit.claimDue),
    mark: witnessed(Submit.mark),
    recordEvidence: verb(Track.recordEvidence),
    sweepLeases: verb(Track.sweepLeases),
    claimUnresolved: beside(Track.claimUnresolved),
    claimPolls: beside(Track.claimPolls),
    storeReceipts: beside(Receipts.storeReceipts),
    foldReceipts: verb(Receipts.foldReceipts),
    applyTimers: verb(Track.applyTimers),
    suppress: verb(Operating.suppress),
    unsuppress: beside(Operating.unsuppress),
    suppressions: reading(Operating.suppressions),
    setPause: beside(Operating.setPause),
    escalations: reading(Operating.escalations),
    acknowledgeEscalations: verb(Resolutions.acknowledge),
    unnotifiedEscalations: reading(Operating.unnotifiedEscalations),
    escalationsNotified: beside(Operating.escalationsNotified),
    outbox: reading(Operating.outbox),
    outboxPublished: beside(Operating.outboxPublished),
    ledger: reading((state) => Knowing.ledger(state, (of.standing ??= Knowing.standing(state)))),
    monthFigures: verb(Knowing.monthFigures),
    customerMonth: reading(Knowing.customerMonth),
    monthCustomers: reading(monthCustomers),
    recordReport: verb(Operating.recordReport),
    recordAccess: beside(Operating.recordAccess),
    report: reading(Operating.report)
  }
}

/** A fresh store of one program. */
export const make = (options: MemoryOptions): MemoryProgramStore => {
  const { program, protocol, witness } = options
  const present: Present = {
    state: State.make(program, protocol, witness),
    changes: 0,
    standing: undefined
  }
  let restores = 0
  // A program's first life: its witness knows it, unless it knows another one already.
  if (witness !== undefined && witness.read() === undefined)
    witness.write(present.state.incarnation)
  return {
    verbs: verbsOf(present),
    audit: () => present.state.audit,
    changes: () => present.changes,
    backUp: () => ({ state: Backups.copy(present.state) }),
    restore: (backup) => {
      restores++
      const ids = restores * restoredIds
      const systemIdentifier = `${program} ${restores + 1}`
      const known = Backups.copy(backup.state)
      present.changes++
      present.standing = undefined
      present.state = {
        ...known,
        incarnation: { ...known.incarnation, systemIdentifier },
        nextId: known.nextId + ids
      }
    }
  }
}
