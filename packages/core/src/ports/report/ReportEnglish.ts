/** The words of a report in English. */
import type { ReportWords } from "./Vocabulary.ts"

const figures: ReportWords["figures"] = {
  "summary.customersMonitored": [
    "Customers monitored",
    "customers active on any day of the month (the population)"
  ],
  "summary.qualified": ["Qualified", "customers who met the threshold on every day of the month"],
  "summary.qualificationRate": ["Qualification rate", "qualified / population"],
  "summary.deliveryRate": ["Delivery rate", "delivered / accepted and at their end"],
  "summary.deliveredOfQualified": ["Delivered, of all qualified", "delivered / qualified"],
  "qualification.qualified": ["Qualified", "met the threshold on every day; of the population"],
  "qualification.notQualified": [
    "Not qualified",
    "below the threshold on a day, or not a customer for the whole month; of the population"
  ],
  "qualification.undetermined": [
    "Undetermined",
    "a balance was still missing at the cut-off; of the population"
  ],
  "qualification.reasons.*": ["", "customers whose first reason this is; of the population"],
  "qualification.unreachable.*": ["Unreachable", "qualified, no number for an SMS; of qualified"],
  "qualification.excluded.*": ["Excluded", "qualified, excluded by the bank; of qualified"],
  "qualification.unrenderable.*": [
    "Unrenderable",
    "qualified, no text that fits could be made; of qualified"
  ],
  "delivery.dispositions.unreachable": ["Unreachable", "no number for an SMS; of qualified"],
  "delivery.dispositions.excluded": ["Excluded", "excluded by the bank; of qualified"],
  "delivery.dispositions.unrenderable": ["Unrenderable", "no text that fits; of qualified"],
  "delivery.dispositions.suppressed": ["Suppressed", "must not be contacted; of qualified"],
  "delivery.dispositions.expired": ["Expired", "not submitted in time, never sent; of qualified"],
  "delivery.dispositions.delivered": ["Delivered", "confirmed by a receipt; of qualified"],
  "delivery.dispositions.failed": [
    "Failed",
    "refused, or failed for good after all attempts; of qualified"
  ],
  "delivery.dispositions.undeliverable": [
    "Undeliverable",
    "no final receipt within 72 hours; of qualified"
  ],
  "delivery.dispositions.escalated": ["Escalated", "waiting for two people; of qualified"],
  "delivery.dispositions.pending": ["Pending", "not at an end yet; of qualified"],
  "delivery.dispositions.accepted": [
    "Accepted by the carrier",
    "messages with an accepted attempt, no part of the sum; of qualified"
  ],
  "delivery.granted.*": [
    "",
    "messages two people granted to customers who did not qualify; in no disposition"
  ],
  "delivery.attempts": ["Attempts", "attempts made"],
  "delivery.consumedAttempts": ["Attempts that count", "of the three a message has; of attempts"],
  "delivery.segments": ["SMS segments", "segments of submitted attempts, what a carrier bills"],
  "delivery.attemptsByState.*": ["", "attempts in this state; of attempts"],
  "failures.byCategory.*": ["", "failed attempts of this category; of attempts"],
  "failures.byReason.*": ["", "messages in this state with this reason; of those with a reason"],
  "failures.openEscalations.*": ["", "work items open now; of all open"],
  "dataQuality.issues.*": ["", "issues raised by this check; of all issues"],
  "dataQuality.corrections": ["Corrections", "balances superseded by a later revision"],
  "dataQuality.correctionsObserved": [
    "Corrections after the mark",
    "corrections that came after a message was marked for submission; its decision stands"
  ],
  "performance.datesCaptured": ["Dates captured", "business dates with a finished capture"],
  "performance.balancesCaptured": ["Balances captured", "closing balances in force"],
  "performance.captureCoverage": ["Capture coverage", "dates captured / dates expected"],
  "performance.capturesInTime": ["Captured in time", "dates captured in time / dates expected"],
  "performance.worstCaptureLagMinutes": [
    "Latest capture",
    "minutes after it fell due, at the worst date; 0 where none was late"
  ],
  "performance.carrierErrors": ["Carrier errors", "carrier errors / attempts"],
  "performance.receiptsStored": ["Receipts", "delivery receipts stored"],
  "performance.receiptsWithoutMessage": [
    "Receipts without a message",
    "receipts that name no known attempt; of receipts"
  ],
  "recommendations.*": ["", "the figure that led to it"]
}

const codes: ReportWords["codes"] = {
  MET_EVERY_DAY: "Met the threshold every day",
  BELOW_THRESHOLD: "Below the threshold",
  NOT_FULL_MONTH: "Not a customer all month",
  DATA_INCOMPLETE: "Balances missing",
  NO_PHONE: "No phone number",
  INVALID: "Invalid number",
  LANDLINE: "Landline",
  VOIP: "VoIP line",
  UAN: "Company number",
  KOSHER: "Kosher range",
  EXHAUSTED: "No attempt left",
  OPTED_OUT: "Opted out",
  PERMANENT: "Permanent failure",
  PERMANENT_FAILURE: "Permanent failure",
  RETRIES_EXHAUSTED: "Retries exhausted",
  InvalidNumber: "Invalid number",
  QuotaExceeded: "Quota exceeded",
  ProviderError: "Error at the carrier",
  void: "Void",
  Qualified: "Qualified",
  NotQualified: "Not qualified",
  Undetermined: "Undetermined"
}

/** The words of a report in English. */
export const english: ReportWords = {
  direction: "ltr",
  title: "Monthly report",
  sections: {
    summary: "Summary",
    qualification: "Qualification",
    delivery: "Delivery",
    failures: "Failures",
    dataQuality: "Data quality and corrections",
    performance: "Performance",
    recommendations: "Recommendations"
  },
  tables: {
    keyFigures: "Key figures",
    trend: "Earlier months",
    conservation: "Conservation checks",
    outcomes: "Decisions",
    reasons: "First reasons",
    notSent: "Without a message",
    dispositions: "Dispositions",
    granted: "Granted late",
    attempts: "Attempts",
    attemptStates: "Attempts by state",
    categories: "Failures by category",
    failureReasons: "Messages by reason",
    escalations: "Open escalations",
    issues: "Data-quality issues",
    corrections: "Corrections",
    capture: "Service levels",
    times: "Times (UTC)",
    advice: "Recommendations"
  },
  columns: {
    figure: "Figure",
    count: "Count",
    of: "Of",
    share: "Share",
    formula: "How it is counted",
    field: "Field of report.json",
    law: "Law",
    left: "Left side",
    right: "Right side",
    result: "Result",
    month: "Month",
    qualified: "Qualified",
    qualificationRate: "Qualification rate",
    delivered: "Delivered",
    deliveryRate: "Delivery rate",
    version: "Version",
    time: "Time (UTC)",
    code: "Code",
    advice: "Recommendation",
    customerId: "Customer",
    outcome: "Outcome",
    firstReason: "First reason",
    dates: "Dates",
    daysMet: "Days met",
    disposition: "Disposition",
    dispositionReason: "Why there"
  },
  header: {
    program: "Program",
    month: "Month",
    status: "Status",
    issuedAt: "Issued (UTC)",
    policyHash: "Policy hash",
    page: "Page"
  },
  versions: { provisional: "PROVISIONAL", final: "FINAL", restated: "RESTATED" },
  figures,
  instants: {
    decidedAt: "Month decided",
    releasedAt: "Messages released",
    firstAcceptedAt: "First message accepted",
    lastFinalAt: "Last message at its end"
  },
  terms: {
    population: "population",
    qualified: "qualified",
    notQualified: "not qualified",
    undetermined: "undetermined",
    unreachable: "unreachable",
    excluded: "excluded",
    unrenderable: "unrenderable",
    suppressed: "suppressed",
    expired: "expired",
    delivered: "delivered",
    failed: "failed",
    undeliverable: "undeliverable",
    escalated: "escalated",
    pending: "pending",
    accepted: "accepted",
    "mature accepted": "accepted and at their end"
  },
  codes,
  advice: {},
  holds: "holds",
  broken: "BROKEN",
  none: "None",
  notYet: "not yet",
  annex: "Annex",
  until: "to"
}
