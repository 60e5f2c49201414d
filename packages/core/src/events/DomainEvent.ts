/**
 * Facts the bank's other systems may hear about: the four events of the original architecture, and
 * ours, in one versioned envelope.
 *
 * **Source** — original architecture §5.1; product rules, The stages; surfaces, Events.
 */
import type { BusinessDate } from "../calendar/BusinessDate.ts"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"

/** Payloads by event type, version 1. None carries a phone, a name or a message text. */
export interface EventPayloads {
  /** One per captured page; the relay expands it per customer from the ledger when asked to. */
  readonly BalanceVerified: {
    readonly runId: string
    readonly page: number
    readonly businessDate: BusinessDate
    readonly thresholdMinor: string
    readonly passed: number
    readonly failed: number
  }
  readonly QualificationCalculated: {
    readonly runId: string
    readonly month: CalendarMonth
    readonly population: number
    readonly totalQualified: number
    readonly notQualified: number
    readonly undetermined: number
    readonly hash: string
  }
  readonly NotificationSent: {
    readonly customerId: string
    readonly month: CalendarMonth
    readonly smsId: string
    readonly attempt: number
    readonly carrierReference: string
  }
  readonly DeliveryConfirmed: {
    readonly customerId: string
    readonly month: CalendarMonth
    readonly smsId: string
    readonly status: "delivered" | "failed" | "undeliverable"
    readonly category: string | null
    readonly late: boolean
  }
  readonly DataQualityIssueRaised: {
    readonly code: string
    readonly businessDate: BusinessDate | null
    readonly count: number
  }
  readonly EscalationRaised: {
    readonly escalationId: string
    readonly cause: string
    readonly customerId: string | null
    readonly month: CalendarMonth | null
  }
  readonly ReportIssued: {
    readonly month: CalendarMonth
    readonly version: string
    readonly hash: string
  }
  readonly CorrectionObserved: {
    readonly customerId: string
    readonly month: CalendarMonth
    readonly decided: string
    readonly counterfactual: string
  }
}

export type EventType = keyof EventPayloads

/** The envelope. `id` is unique and stable over redelivery: the consumer's inbox key. */
export type DomainEvent = {
  readonly [T in EventType]: {
    readonly id: string
    readonly type: T
    readonly version: 1
    /** Business time, ISO 8601 in UTC. */
    readonly occurredAt: string
    readonly businessDate: BusinessDate | null
    readonly correlationId: string
    readonly causationId: string
    readonly program: string
    readonly payload: EventPayloads[T]
  }
}[EventType]

/**
 * What a state change announces; the store adds program, id and instants in the same transaction.
 */
export type Announcement = {
  readonly [T in EventType]: {
    readonly type: T
    readonly businessDate: BusinessDate | null
    readonly payload: EventPayloads[T]
  }
}[EventType]
