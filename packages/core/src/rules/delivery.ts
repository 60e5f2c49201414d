/**
 * `@tidemark/core/rules/delivery`: the delivery protocol, as namespaces: what becomes of one
 * notification and its attempts, when they may be submitted, and what receipts and look-ups say.
 *
 * No Effect in code or types.
 */
export * as Attempt from "../delivery/Attempt.ts"
export * as AttemptTable from "../delivery/AttemptTable.ts"
export * as Breaker from "../delivery/Breaker.ts"
export * as CarrierCapabilities from "../delivery/CarrierCapabilities.ts"
export * as ClientReference from "../delivery/ClientReference.ts"
export * as Deadline from "../delivery/Deadline.ts"
export * as Delivery from "../delivery/Delivery.ts"
export * as DeliveryContext from "../delivery/DeliveryContext.ts"
export * as DeliveryEvent from "../delivery/DeliveryEvent.ts"
export * as DeliveryFact from "../delivery/DeliveryFact.ts"
export * as DeliveryPolicy from "../delivery/DeliveryPolicy.ts"
export * as Draft from "../delivery/Draft.ts"
export * as Escalation from "../delivery/Escalation.ts"
export * as Evolve from "../delivery/Evolve.ts"
export * as Failure from "../delivery/Failure.ts"
export * as FailureCategory from "../delivery/FailureCategory.ts"
export * as FailureCodes from "../delivery/FailureCodes.ts"
export * as Incarnation from "../delivery/Incarnation.ts"
export * as MarkGuard from "../delivery/MarkGuard.ts"
export * as Notification from "../delivery/Notification.ts"
export * as NotificationTable from "../delivery/NotificationTable.ts"
export * as Receipt from "../delivery/Receipt.ts"
export * as Reconcile from "../delivery/Reconcile.ts"
export * as Restore from "../delivery/Restore.ts"
export * as RetryPolicy from "../delivery/RetryPolicy.ts"
export * as SendWindow from "../delivery/SendWindow.ts"
