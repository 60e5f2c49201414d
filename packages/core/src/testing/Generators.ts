/**
 * fast-check arbitraries of the domain, for property tests of hosts and adapters; ours use them
 * too. Weighted so that limits are really reached: a uniform month hardly ever qualifies, a uniform
 * text hardly ever ends where a message does.
 */
export {
  amountsAround,
  type DayOfMonth,
  monthOfBalances,
  MOST_MINOR_UNITS
} from "./generators/Balances.ts"
export { calendars, dates, datesIn, months } from "./generators/Days.ts"
export { failures, notifications, receipts, receiptsTwice } from "./generators/Deliveries.ts"
export {
  addressees,
  firstNames,
  languageTags,
  messageSets,
  refusedNames,
  sizePolicies,
  templatePieces,
  templateTexts,
  usableNames
} from "./generators/Messages.ts"
export { policyObjects } from "./generators/Policies.ts"
export {
  customerIds,
  exclusions,
  messageClasses,
  msisdns,
  regions,
  suppressions,
  writtenPhones
} from "./generators/Recipients.ts"
export { customersOfMonth } from "./generators/Reports.ts"
export { smsTexts } from "./generators/Texts.ts"
