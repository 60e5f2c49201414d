/**
 * Decides a page of customers and, for the qualified, whether a message can be prepared: reachable,
 * excluded, or impossible to render. No phone and no name is kept.
 *
 * **Source** — original architecture §3.2 (validate phone numbers); product rules, Recipient and
 * Dispositions.
 */
import { hexToBytes } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"
import * as Render from "../message/Render.ts"
import type { Evidence } from "../qualification/Evidence.ts"
import * as Qualification from "../qualification/Qualification.ts"
import type { Contact, ContactPermission } from "../ports/Customers.ts"
import { Customers } from "../ports/Customers.ts"
import type { DecisionRecord, Reach } from "../ports/store/Decisions.ts"
import { evidenceHash } from "../ports/store/EvidenceHash.ts"
import type { CustomerEvidence } from "./CustomerMonths.ts"
import { messageKeys } from "./MessageKeys.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import { Program } from "./Program.ts"
import { reachOf } from "./Reach.ts"

/** One record per customer, in the order given. */
export const decisionRecords = Effect.fnUntraced(function* (
  month: CalendarMonth,
  customers: ReadonlyArray<CustomerEvidence>
) {
  const program = yield* Program
  const pinned = program.policyFor(month)
  const keys = yield* messageKeys(month)
  const decisions = customers.map((customer) => Qualification.decide(input(month, customer)))
  const qualified = customers.filter((_, i) => decisions[i]?._tag === "Qualified")
  const reaches = yield* reachesOf(qualified, month, pinned)
  const records: Array<DecisionRecord> = []
  for (let i = 0; i < customers.length; i++) {
    const customer = customers[i]
    const decision = decisions[i]
    if (customer === undefined || decision === undefined) continue
    const reach = decision._tag === "Qualified" ? reaches.get(customer.customerId) : undefined
    records.push({
      customerId: customer.customerId,
      outcome: decision._tag,
      reasons: decision.reasons,
      reach: reach ?? null,
      observed: customer.days.observed,
      met: customer.days.met,
      derived: customer.days.derived,
      waived: customer.days.waived,
      accountIds: customer.accountIds,
      ...(customer.opened === undefined ? {} : { opened: customer.opened }),
      ...(customer.closed === undefined ? {} : { closed: customer.closed }),
      evidenceHash: evidenceHash(evidence(program.name, month, customer, pinned)),
      notificationId: reach?._tag === "Reachable" ? keys.notificationId(customer.customerId) : null
    })
  }
  return records
})

/** What the rule is asked of a customer's month. */
export const input = (
  month: CalendarMonth,
  { closed, days, opened, worst }: CustomerEvidence
): Qualification.QualificationInput => ({
  month,
  days,
  ...(opened === undefined ? {} : { opened }),
  ...(closed === undefined ? {} : { closed }),
  ...(worst === undefined ? {} : { worst })
})

/** What the decision's hash is taken over. */
export const evidence = (
  program: string,
  month: CalendarMonth,
  { closed, customerId, days, ledgerHash, opened }: CustomerEvidence,
  pinned: PinnedPolicy
): Evidence => ({
  program,
  customerId,
  month,
  policyHash: hexToBytes(pinned.hash),
  days,
  ledgerHash,
  ...(opened === undefined ? {} : { opened }),
  ...(closed === undefined ? {} : { closed })
})

/** Asks the bank once per page about those who qualified. */
const reachesOf = Effect.fnUntraced(function* (
  qualified: ReadonlyArray<CustomerEvidence>,
  month: CalendarMonth,
  pinned: PinnedPolicy
) {
  const reaches = new Map<string, Reach>()
  if (qualified.length === 0) return reaches
  const customers = yield* Customers
  const ids = qualified.map((customer) => customer.customerId)
  const [contacts, permissions] = yield* Effect.all(
    [customers.contact(ids), customers.mayContact(ids)],
    { concurrency: 2 }
  )
  const contactOf = new Map(contacts.map((contact) => [contact.customerId, contact]))
  const permissionOf = new Map(permissions.map((given) => [given.customerId, given]))
  for (const id of ids) {
    reaches.set(id, reach(contactOf.get(id), permissionOf.get(id), month, pinned))
  }
  return reaches
})

/** First match wins: excluded, unreachable, unrenderable, reachable. */
const reach = (
  contact: Contact | undefined,
  permission: ContactPermission | undefined,
  month: CalendarMonth,
  { messages, policy }: PinnedPolicy
): Reach => {
  // A suppression may be lifted until the mark, so only an exclusion decides here.
  if (permission?._tag === "MayNotContact" && permission.kind === "excluded") {
    return { _tag: "Excluded", reason: permission.reason }
  }
  const reachable = reachOf(contact?.phone ?? null, policy.recipient)
  if (reachable._tag === "Unreachable") return { _tag: "Unreachable", reason: reachable.reason }
  const rendered = Render.render(messages, {
    firstName: contact?.firstName ?? null,
    language: contact?.language ?? null,
    month
  })
  return rendered._tag === "Unrenderable"
    ? { _tag: "Unrenderable", reason: rendered.reason }
    : { _tag: "Reachable" }
}
