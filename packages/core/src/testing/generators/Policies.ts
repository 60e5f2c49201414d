/**
 * Policies as a bank writes them: every one passes the check, and each of its rooms varies.
 */
import fc from "fast-check"
import * as BankCalendar from "../../calendar/BankCalendar.ts"
import type { PolicyObject } from "../../embed/PolicyObject.ts"
import { dates } from "./Days.ts"

/** A program starts on a day whose balance is carried into the next. */
const businessDays = dates.map(
  (date) => BankCalendar.previousBusinessDay(BankCalendar.israel(), date) ?? date
)

/** Documents for `Tidemark.open` and `PolicyDocument.read`; no two rooms vary together by chance. */
export const policyObjects: fc.Arbitrary<PolicyObject> = fc.record(
  {
    qualification: fc.record({
      accounts: fc.constantFrom("primaryAccount", "anyAccount", "sumOfAccounts"),
      approval: fc.constantFrom("automatic", "twoPeople")
    }),
    message: fc.record({
      messageClass: fc.constant("service"),
      smartEncoding: fc.boolean(),
      size: fc.record({
        characters: fc.constantFrom(160, 306),
        gsm7Segments: fc.constantFrom(1, 2, 3),
        ucs2Segments: fc.constantFrom(1, 2, 5)
      })
    }),
    recipient: fc.record({ excludeKosher: fc.boolean() }),
    events: fc.record({ balanceVerified: fc.boolean() }),
    schedule: fc.record({ startsOn: businessDays })
  },
  { requiredKeys: ["message", "schedule"] }
)
