/** What a store makes of data-quality issues: which two are one, and what is announced of them. */
import type { Announcement } from "../../events/DomainEvent.ts"
import type { DataQualityIssue } from "./Captures.ts"

/** One event per code and date, with the number of issues: a bad file raises no flood. */
export const issuesRaised = (
  issues: ReadonlyArray<DataQualityIssue>
): ReadonlyArray<Announcement> => {
  const counts = new Map<string, { issue: DataQualityIssue; count: number }>()
  for (const issue of issues) {
    const key = `${issue.code} ${issue.businessDate ?? ""}`
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { issue, count: 1 })
    else known.count++
  }
  return Array.from(counts.values(), ({ issue, count }): Announcement => {
    const { code, businessDate } = issue
    return {
      type: "DataQualityIssueRaised",
      businessDate,
      payload: { code, businessDate, count }
    }
  })
}

/**
 * What makes two issues one: raising the same again, as a repeated check does, stores nothing.
 *
 * **Source** — architecture, Level-triggered.
 */
export const issueKey = (issue: DataQualityIssue): string =>
  JSON.stringify([issue.code, issue.businessDate, issue.accountId, issue.customerId, issue.detail])
