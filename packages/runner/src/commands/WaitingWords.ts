/** What waits for people, in words that say what to do, and as JSON. */
import type { WaitingForPeople } from "@tidemark/core/effect"
import { Instant } from "@tidemark/core/rules"

type Waiting = WaitingForPeople.Waiting

const customers = (count: number): string => (count === 1 ? "1 customer" : `${count} customers`)

/** Whether a person has to act, and not only to look and agree. */
export const isWrong = ({ _tag }: Waiting): boolean =>
  _tag === "EmptyDate" || _tag === "MissingDays"

/** One thing, one line or two: what it is, then what can be done. */
export const linesOf = (waiting: Waiting): ReadonlyArray<string> => {
  switch (waiting._tag) {
    case "EmptyDate": {
      const { businessDate } = waiting
      return [
        `${businessDate}: the bank gave no balance of anybody; it is asked again by itself`,
        `  if it has them now: tidemark capture --date ${businessDate}`,
        "  if it closed no books that day: tidemark closure declare " +
          `--date ${businessDate} --reason WHY --by WHO`
      ]
    }
    case "MissingDays": {
      const { customerIds, dates, month } = waiting
      const more = waiting.customers > customerIds.length ? ", …" : ""
      return [
        `${month}: ${customers(waiting.customers)} (${customerIds.join(", ")}${more}) without a ` +
          `balance on ${dates.join(", ")}; the bank is asked again until the cut-off`,
        `  if it never comes: tidemark waive --customer ${customerIds[0] ?? "C"} ` +
          `--dates ${dates.join(",")} --reason WHY --by WHO`
      ]
    }
    case "Redecisions":
      return [
        `corrected: ${customers(waiting.customers)} to decide again before anything is released`,
        "  tidemark qualify"
      ]
    case "Approval": {
      const { approvedBy, contentHash, month, required } = waiting
      const by = approvedBy.length === 0 ? "" : ` (${approvedBy.join(", ")})`
      return [
        `${month}: approved by ${approvedBy.length} of ${required}${by}`,
        `  tidemark approve --month ${month} --hash ${contentHash} --by WHO`
      ]
    }
    case "SecondPerson":
      return [
        `${waiting.proposals} proposed, and nothing changed before a second person agrees`,
        "  tidemark confirm"
      ]
    case "Escalations":
      return [
        waiting.open === 1 ? "1 escalation is open" : `${waiting.open} escalations are open`,
        "  tidemark escalations list"
      ]
    case "SendWindow":
      return [`messages wait for the send window, which opens at ${Instant.toIso(waiting.opensMs)}`]
    case "Paused":
      return [
        `${waiting.state === "killed" ? "stopped" : "paused"}: nothing is submitted`,
        "  tidemark resume --by WHO"
      ]
  }
}

/** The same for machines. */
export const jsonOf = ({ _tag, ...about }: Waiting): Readonly<Record<string, unknown>> => ({
  for: _tag,
  ...about
})
