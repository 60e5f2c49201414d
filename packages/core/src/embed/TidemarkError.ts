/**
 * What a host that calls by promises may catch: Error subclasses with a stable `code` and a
 * `retryable` that can be relied on. No message carries a phone, a name or a balance.
 *
 * **Source** — architecture, Embedding; one registry of error codes for command line, API and host.
 */

/** One thing that is wrong with what the host gave, and where. */
export interface Problem {
  /** Such as `policy.message.messageClass` or `carrier.capabilities.maxBatch`. */
  readonly path: string
  readonly message: string
}

export interface TidemarkErrorOptions {
  /** Whether the same call may succeed later without anybody's help. Default `false`. */
  readonly retryable?: boolean | undefined
  readonly cause?: unknown
  readonly problems?: ReadonlyArray<Problem> | undefined
}

/**
 * The one class to catch. `code` is `<error>.<reason>`, such as `ProgramStoreError.Unavailable`:
 * the same that the command line and the logs show. Codes are never renamed.
 *
 * A host's own port may throw one too: the reason of its code is then the port's reason.
 */
export class TidemarkError extends Error {
  override readonly name: string = "TidemarkError"
  readonly code: string
  readonly retryable: boolean
  /** Every problem at once, where there can be several; else empty. */
  readonly problems: ReadonlyArray<Problem>

  constructor(code: string, message: string, options: TidemarkErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : {})
    this.code = code
    this.retryable = options.retryable ?? false
    this.problems = options.problems ?? []
  }
}

/** The store: `ProgramStoreError.…`. Nothing was changed, except under `CommitUnknown`. */
export class StoreError extends TidemarkError {
  override readonly name = "StoreError"
}

/** The bank: `ClosingBalancesError.…`, `CustomersError.…`, `BalanceHistoryError.…`. */
export class BankError extends TidemarkError {
  override readonly name = "BankError"
}

/** The carrier: `SmsCarrierError.…`. A submission never ends in one: it has outcomes. */
export class CarrierError extends TidemarkError {
  override readonly name = "CarrierError"
}

/** The keys: `SecretsError.…`. */
export class SecretsError extends TidemarkError {
  override readonly name = "SecretsError"
}

/**
 * `PolicyError.Invalid`: what `open` was given is no policy; `problems` has all of it.
 * `PolicyError.InForce`: it changes a policy under which the program has worked already.
 */
export class PolicyError extends TidemarkError {
  override readonly name = "PolicyError"
}

/** `InputError.Invalid`: an argument is not what it must be; `problems` says where. */
export class InputError extends TidemarkError {
  override readonly name = "InputError"
}

/**
 * The program's rules say no: `RefusedError.NotDecided`, `AlreadyReleased`, `HashMismatch`,
 * `SamePerson`, `DayNotOver`, `NothingCaptured`, `RealCarrier`, and of what people change
 * `MonthClosed`, `UnknownCustomer`, `UnknownAccount`, `Qualified`, `HasMessage`, `DecisionStands`,
 * `MessagesExpired`, `TooManyDays`, `DateOutsideMonth`, `UnknownProposal`, `ProposalExpired`,
 * `NothingToResolve`: repeating the call changes nothing. Only `BeingDecided` is retryable.
 */
export class RefusedError extends TidemarkError {
  override readonly name = "RefusedError"
}

/** `AbortedError.Aborted`: the caller's signal ended the call, between two batches. */
export class AbortedError extends TidemarkError {
  override readonly name = "AbortedError"
}

/** `ClosedError.Closed`: the program was closed before or during the call. */
export class ClosedError extends TidemarkError {
  override readonly name = "ClosedError"
}

/** An argument that is not what it must be. */
export const invalid = (path: string, message: string): InputError =>
  new InputError("InputError.Invalid", `${path}: ${message}`, { problems: [{ path, message }] })

/** A rule's no. */
export const refused = (reason: string, message: string): RefusedError =>
  new RefusedError(`RefusedError.${reason}`, message)
