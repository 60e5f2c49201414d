/** An issue of the rules as the store keeps it. */
import * as DataQuality from "../balance/DataQuality.ts"
import type { DataQualityIssue } from "../ports/store/Captures.ts"

/** A doubt about a whole capture or month is an alarm. Detail, figure and limit become one text. */
export const stored = (issue: DataQuality.DataQualityIssue): DataQualityIssue => ({
  code: issue.code,
  severity: DataQuality.effectOf[issue.code] === "alarmed" ? "alarm" : "issue",
  businessDate: issue.businessDate,
  accountId: issue.accountId ?? null,
  customerId: issue.customerId ?? null,
  detail: [
    issue.detail ?? "",
    issue.observed === undefined ? "" : `observed ${issue.observed}, limit ${issue.limit}`
  ]
    .filter((part) => part !== "")
    .join("; ")
})
