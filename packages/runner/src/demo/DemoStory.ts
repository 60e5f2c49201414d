/**
 * What the demo has to tell at its end, read back from the store: the report, one refusal with its
 * dates, one message as it was rendered.
 */
import { type CustomerMonth, Customers, Program, ProgramStore } from "@tidemark/core/effect"
import { type CalendarMonth, Render, type SmsSegments } from "@tidemark/core/rules"
import type { MonthlyReport } from "@tidemark/core/rules/report"
import * as Effect from "effect/Effect"
import type * as DemoPlan from "./DemoPlan.ts"

export interface Story {
  readonly report: MonthlyReport.MonthlyReport
  /** A customer who missed one day or more, with the dates. */
  readonly refusal: CustomerMonth | undefined
  /** A customer who was sent a Hebrew message. */
  readonly delivered: CustomerMonth | undefined
  readonly message: { readonly text: string; readonly size: SmsSegments.SmsMeasure } | undefined
  /** Days of the month whose books were captured; bit 0 is day 1. */
  readonly captured: number
}

/** How many customers are looked at for an example; the sandbox has one of each kind early. */
const examplesAmong = 60

/** Reads the story of a closed month. */
export const read = Effect.fnUntraced(function* ({ month }: DemoPlan.DemoOptions) {
  const store = yield* ProgramStore
  const final = yield* store.report({ month, version: "final" })
  if (final === null) return yield* Effect.die(new Error("the month has no final report"))
  const report = JSON.parse(final.json) as MonthlyReport.MonthlyReport
  const customers = yield* Customers
  const page = yield* customers.active(month, null)
  const ids = page.customers.slice(0, examplesAmong).map((customer) => customer.customerId)
  const contacts = yield* customers.contact(ids)
  let refusal: CustomerMonth | undefined
  let delivered: CustomerMonth | undefined
  let message: Story["message"]
  let captured = 0
  for (const contact of contacts) {
    const known = yield* store.customerMonth({ customerId: contact.customerId, month })
    captured |= known.decision?.observed ?? 0
    const code = known.decision?.reasons[0]?.code
    if (code === "BELOW_THRESHOLD" && daysMet(known) > daysMet(refusal)) refusal = known
    const arrived = known.notification?.notification.state === "delivered"
    if (delivered !== undefined || !arrived || contact.language !== "he") continue
    const rendered = yield* renderFor(contact, month)
    if (rendered._tag === "Unrenderable") continue
    delivered = known
    message = { text: rendered.text, size: rendered.size }
  }
  const story: Story = { report, refusal, delivered, message, captured }
  return story
})

/** The nearest miss tells the most. */
const daysMet = (known: CustomerMonth | undefined): number => {
  const met = known?.decision?.met ?? 0
  let days = 0
  for (let day = 0; day < 31; day++) days += (met >>> day) & 1
  return days
}

const renderFor = Effect.fnUntraced(function* (
  contact: { readonly firstName: string | null; readonly language: string | null },
  month: CalendarMonth.CalendarMonth
) {
  const program = yield* Program.Program
  const { messages } = program.policyFor(month)
  return Render.render(messages, {
    firstName: contact.firstName,
    language: contact.language,
    month
  })
})
