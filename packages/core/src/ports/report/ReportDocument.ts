/**
 * The report's JSON as a schema: the contract of the archive and of `report --format json`.
 *
 * The rules make reports; this reads what somebody else kept, and says what the fields mean.
 *
 * **Source** — product rules, Report; docs/reference/report.schema.json is generated from it.
 */
import * as Schema from "effect/Schema"

const count = (description: string) =>
  Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).annotate({ description })

const text = (description: string) => Schema.String.annotate({ description })

const byCode = (description: string) =>
  Schema.Record(Schema.String, count("how many")).annotate({ description })

const instant = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/u)
).annotate({ description: "an instant, ISO 8601 in UTC" })

const rate = (description: string) =>
  Schema.Struct({
    formula: text("numerator / denominator, in words"),
    numerator: count("what is counted"),
    denominator: count("what it is counted of"),
    ratio: Schema.NullOr(
      Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)).annotate({
        description: "numerator / denominator"
      })
    ).annotate({ description: "null when the denominator is 0" })
  }).annotate({ description })

const dispositions = Schema.Struct({
  population: count("customers active on any day of the month"),
  qualified: count("met the threshold on every day"),
  notQualified: count("below the threshold on a day, or not a customer for the whole month"),
  undetermined: count("a balance was missing at the cut-off"),
  unreachable: count("qualified, but without a number that can receive an SMS"),
  excluded: count("qualified, but excluded by the bank"),
  unrenderable: count("qualified, but no text that fits could be made"),
  suppressed: count("qualified, but must not be contacted"),
  expired: count("never submitted before the message expired"),
  delivered: count("a receipt confirms the delivery"),
  failed: count("refused, or failed for good"),
  undeliverable: count("no final receipt within 72 hours"),
  escalated: count("two people must decide"),
  pending: count("not at an end yet; 0 in a final report"),
  accepted: count("messages with at least one accepted attempt; no summand of qualified")
}).annotate({
  description:
    "population = qualified + notQualified + undetermined; " +
    "qualified = the sum of unreachable to pending"
})

/** The schema of `tidemark.report.v1`. */
export const ReportDocument = Schema.Struct({
  schema: Schema.Literal("tidemark.report.v1"),
  program: text("the program's name"),
  month: Schema.String.check(Schema.isPattern(/^\d{4}-(?:0[1-9]|1[0-2])$/u)).annotate({
    description: "the calendar month, YYYY-MM"
  }),
  version: Schema.String.check(
    Schema.isPattern(/^(?:provisional|final|restated-[1-9]\d*)$/u)
  ).annotate({
    description: "provisional at the decision; final once tracking is closed; restated-n after"
  }),
  issuedAt: instant,
  policyHash: text("hash of the stored policy the month is decided by"),
  summary: Schema.Struct({
    customersMonitored: count("the population"),
    qualified: count("qualified customers"),
    qualificationRate: rate("qualified / population"),
    deliveryRate: rate("delivered / accepted, of the accepted messages that are at their end"),
    deliveredOfQualified: rate("delivered / qualified")
  }),
  qualification: Schema.Struct({
    qualified: count("qualified customers"),
    notQualified: count("not qualified customers"),
    undetermined: count("undetermined customers"),
    reasons: byCode("customers by first reason, each once"),
    unreachable: byCode("qualified customers without a message, by reason of the number"),
    excluded: byCode("qualified customers without a message, by reason of the exclusion"),
    unrenderable: byCode("qualified customers without a message, by reason of the text")
  }),
  delivery: Schema.Struct({
    dispositions,
    granted: Schema.optionalKey(
      byCode("messages granted to customers who did not qualify, by state; in no disposition")
    ),
    attempts: count("attempts made"),
    consumedAttempts: count("attempts that count towards the three of a message"),
    segments: count("SMS segments of submitted attempts"),
    attemptsByState: byCode("attempts by state")
  }),
  failures: Schema.Struct({
    byCategory: byCode("failed attempts by category"),
    byReason: Schema.Record(Schema.String, byCode("by reason")).annotate({
      description: "messages by state and reason"
    }),
    openEscalations: byCode("open work items by cause")
  }),
  dataQuality: Schema.Struct({
    issues: byCode("issues by check"),
    corrections: count("balances superseded by a later revision"),
    correctionsObserved: count("corrections after a message was marked for submission")
  }),
  performance: Schema.Struct({
    datesCaptured: count("business dates with a finished capture"),
    balancesCaptured: count("closing balances in force"),
    captureCoverage: rate("dates captured / dates expected"),
    capturesInTime: rate(
      "dates captured within the policy's schedule.lateAfterMs / dates expected"
    ),
    worstCaptureLagMinutes: Schema.NullOr(
      count("minutes from the instant a capture fell due to its finish, at the worst date")
    ).annotate({ description: "null when nothing was captured" }),
    carrierErrors: rate("attempts failed by Timeout, QuotaExceeded or ProviderError / attempts"),
    receiptsStored: count("delivery receipts stored"),
    receiptsWithoutMessage: count("receipts that name no known attempt"),
    decidedAt: Schema.NullOr(instant),
    releasedAt: Schema.NullOr(instant),
    firstAcceptedAt: Schema.NullOr(instant),
    lastFinalAt: Schema.NullOr(instant)
  }),
  recommendations: Schema.Array(
    Schema.Struct({
      code: text("stable code"),
      text: text("the sentence, in English"),
      count: count("the figure that led to it")
    })
  ),
  conservation: Schema.Array(
    Schema.Struct({
      law: text("the equation"),
      left: count("its left side"),
      right: count("its right side"),
      holds: Schema.Boolean
    })
  )
})

/** The JSON Schema of a report, draft 2020-12, as the text of its file. */
export const jsonSchemaText = (): string => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(ReportDocument, {
    onExcessProperty: "error"
  })
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Tidemark monthly report",
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
