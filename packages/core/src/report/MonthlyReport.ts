/**
 * The monthly report as JSON truth: six sections of the original architecture, plus data quality
 * and
 * corrections; every figure with its formula and denominator.
 *
 * **Source** — original architecture §3.5; product rules, Report and Dispositions.
 */
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import * as Instant from "../calendar/Instant.ts"
import * as Dispositions from "./Dispositions.ts"
import type { MonthFigures } from "./MonthFigures.ts"
import { make as rate, type Rate } from "./Rate.ts"
import * as Recommendations from "./Recommendations.ts"
import * as ServiceLevels from "./ServiceLevels.ts"

export type { MonthFigures, Rate }

export type ReportVersion = "provisional" | "final" | `restated-${number}`

/**
 * The report. Instants are ISO 8601 UTC text; amounts are decimal text in the program's currency.
 */
export interface MonthlyReport {
  readonly schema: "tidemark.report.v1"
  readonly program: string
  readonly month: CalendarMonth
  readonly version: ReportVersion
  readonly issuedAt: string
  readonly policyHash: string
  readonly summary: {
    readonly customersMonitored: number
    readonly qualified: number
    readonly qualificationRate: Rate
    /** Of the accepted messages that have come to their end: all of them in a final report. */
    readonly deliveryRate: Rate
    readonly deliveredOfQualified: Rate
  }
  readonly qualification: {
    readonly qualified: number
    readonly notQualified: number
    readonly undetermined: number
    readonly reasons: Readonly<Record<string, number>>
    readonly unreachable: Readonly<Record<string, number>>
    readonly excluded: Readonly<Record<string, number>>
    readonly unrenderable: Readonly<Record<string, number>>
  }
  readonly delivery: {
    readonly dispositions: Dispositions.Dispositions
    /**
     * Messages granted to customers who did not qualify, by state; in no disposition. Absent where
     * there is none.
     */
    readonly granted?: Readonly<Record<string, number>>
    readonly attempts: number
    readonly consumedAttempts: number
    readonly segments: number
    readonly attemptsByState: Readonly<Record<string, number>>
  }
  readonly failures: {
    readonly byCategory: Readonly<Record<string, number>>
    readonly byReason: Readonly<Record<string, Readonly<Record<string, number>>>>
    readonly openEscalations: Readonly<Record<string, number>>
  }
  readonly dataQuality: {
    readonly issues: Readonly<Record<string, number>>
    readonly corrections: number
    readonly correctionsObserved: number
  }
  readonly performance: {
    readonly datesCaptured: number
    readonly balancesCaptured: number
    readonly captureCoverage: Rate
    readonly capturesInTime: Rate
    /** Whole minutes after it fell due, at the worst date; `null`: nothing was captured. */
    readonly worstCaptureLagMinutes: number | null
    readonly carrierErrors: Rate
    readonly receiptsStored: number
    readonly receiptsWithoutMessage: number
    readonly decidedAt: string | null
    readonly releasedAt: string | null
    readonly firstAcceptedAt: string | null
    readonly lastFinalAt: string | null
  }
  readonly recommendations: ReadonlyArray<Recommendations.Recommendation>
  readonly conservation: ReadonlyArray<Dispositions.ConservationCheck>
}

export interface MakeReport {
  readonly program: string
  readonly figures: MonthFigures
  readonly version: ReportVersion
  readonly issuedMs: number
  readonly policyHash: string
  /** What the program had to do in the month, and when. */
  readonly expected: ServiceLevels.Expected
}

/**
 * Why a report cannot be final. First match wins.
 * 1. `MISCOUNT`: a conservation check does not hold
 * 2. `PENDING`: a message has not reached its end
 */
export interface NotFinal {
  readonly _tag: "NotFinal"
  readonly reason: "MISCOUNT" | "PENDING"
  readonly checks: ReadonlyArray<Dispositions.ConservationCheck>
}

type Counts = Readonly<Record<string, number>>

/** By code unit: two stores that count the same in another order make the same bytes. */
const inOrder = <A>(record: Readonly<Record<string, A>>): ReadonlyArray<readonly [string, A]> =>
  Object.entries(record).toSorted(([left], [right]) => (left < right ? -1 : 1))

const sorted = (counts: Counts): Counts => Object.fromEntries(inOrder(counts))

/**
 * Makes the report of a month from its figures. Same figures, same report, byte for byte.
 *
 * A version other than `provisional` is refused while its totals do not add up or a message is
 * still pending.
 */
export const make = (input: MakeReport): MonthlyReport | NotFinal => {
  const { figures } = input
  const counts = Dispositions.of(figures)
  const conservation = Dispositions.checks(counts)
  if (input.version !== "provisional") {
    if (conservation.some((check) => !check.holds)) {
      return { _tag: "NotFinal", reason: "MISCOUNT", checks: conservation }
    }
    if (counts.pending + Dispositions.grantedPending(figures) > 0)
      return { _tag: "NotFinal", reason: "PENDING", checks: conservation }
  }
  return {
    schema: "tidemark.report.v1",
    program: input.program,
    month: figures.month,
    version: input.version,
    issuedAt: iso(input.issuedMs),
    policyHash: input.policyHash,
    summary: summary(counts, figures.acceptedPending),
    qualification: {
      qualified: figures.qualified,
      notQualified: figures.notQualified,
      undetermined: figures.undetermined,
      reasons: sorted(figures.reasons),
      unreachable: sorted(figures.unreachable),
      excluded: sorted(figures.excluded),
      unrenderable: sorted(figures.unrenderable)
    },
    delivery: {
      dispositions: counts,
      ...(Object.keys(figures.granted).length === 0 ? {} : { granted: sorted(figures.granted) }),
      attempts: figures.attempts.total,
      consumedAttempts: figures.attempts.consumed,
      segments: figures.attempts.segments,
      attemptsByState: sorted(figures.attempts.byState)
    },
    failures: {
      byCategory: sorted(figures.attempts.failuresByCategory),
      byReason: Object.fromEntries(
        inOrder(figures.stateReasons).map(([state, reasons]) => [state, sorted(reasons)])
      ),
      openEscalations: sorted(figures.openEscalations)
    },
    dataQuality: {
      issues: sorted(figures.issues),
      corrections: figures.corrections,
      correctionsObserved: figures.correctionsObserved
    },
    performance: performance(input),
    recommendations: Recommendations.of(figures),
    conservation
  }
}

/** The version that comes after an issued one; `undefined` after one that is provisional. */
export const restatementOf = (issued: string): ReportVersion | undefined => {
  if (issued === "final") return "restated-1"
  const n = /^restated-([1-9]\d*)$/.exec(issued)?.[1]
  return n === undefined ? undefined : `restated-${Number(n) + 1}`
}

/** What a report says of the month itself, apart from when it was issued and what is open now. */
export type Statement = Pick<
  MonthlyReport,
  "summary" | "qualification" | "delivery" | "failures" | "dataQuality"
>

/**
 * Whether two reports say the same of a month, so that the later one restates nothing. Left out are
 * open escalations and service levels: people close the ones, and other months move the others.
 */
export const saysTheSame = (left: Statement, right: Statement): boolean =>
  canonical(statement(left)) === canonical(statement(right))

const statement = ({ dataQuality, delivery, failures, qualification, summary }: Statement) => {
  const { byCategory, byReason } = failures
  return { summary, qualification, delivery, byCategory, byReason, dataQuality }
}

/** As text that does not depend on the order of fields. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null ? Object.fromEntries(inOrder({ ...each })) : each
  )

const summary = (
  counts: Dispositions.Dispositions,
  acceptedPending: number
): MonthlyReport["summary"] => ({
  customersMonitored: counts.population,
  qualified: counts.qualified,
  qualificationRate: rate("qualified / population", counts.qualified, counts.population),
  deliveryRate: rate(
    "delivered / mature accepted",
    counts.delivered,
    counts.accepted - acceptedPending
  ),
  deliveredOfQualified: rate("delivered / qualified", counts.delivered, counts.qualified)
})

const performance = ({ expected, figures }: MakeReport): MonthlyReport["performance"] => ({
  datesCaptured: Object.keys(figures.captures.finishedMs).length,
  balancesCaptured: figures.captures.balances,
  ...ServiceLevels.of(figures, expected),
  receiptsStored: figures.receipts.stored,
  receiptsWithoutMessage: figures.receipts.orphans,
  decidedAt: isoOrNull(figures.timings.decidedMs),
  releasedAt: isoOrNull(figures.timings.releasedMs),
  firstAcceptedAt: isoOrNull(figures.timings.firstAcceptedMs),
  lastFinalAt: isoOrNull(figures.timings.lastFinalMs)
})

const iso = Instant.toIso
const isoOrNull = (instantMs: number | null): string | null =>
  instantMs === null ? null : iso(instantMs)
