/**
 * What ends an Effect, as the error a host catches.
 *
 * **Source** — architecture, Embedding (Error subclasses with `code` and `retryable`).
 */
import * as Cause from "effect/Cause"
import { BalanceHistoryError } from "../ports/BalanceHistory.ts"
import { ClosingBalancesError } from "../ports/ClosingBalances.ts"
import { CustomersError } from "../ports/Customers.ts"
import { ProgramStoreError } from "../ports/ProgramStore.ts"
import { SecretsError as SecretsPortError } from "../ports/Secrets.ts"
import { SmsCarrierError } from "../ports/SmsCarrier.ts"
import {
  BankError,
  CarrierError,
  SecretsError,
  StoreError,
  TidemarkError
} from "./TidemarkError.ts"

type Ended = "aborted" | Error

/**
 * First match wins: an error of ours as it is; a port's error by its class; an interruption and
 * nothing else; whatever is left is a bug, `TidemarkError.Internal`, with its cause.
 */
export const ofCause = (cause: Cause.Cause<unknown>): Ended => {
  if (Cause.hasInterruptsOnly(cause)) return "aborted"
  const error = Cause.squash(cause)
  if (error instanceof TidemarkError) return error
  return ofPort(error) ?? internal(error)
}

const internal = (cause: unknown): TidemarkError =>
  new TidemarkError("TidemarkError.Internal", "a bug in Tidemark, or in what it was given", {
    cause
  })

const ofPort = (error: unknown): TidemarkError | undefined => {
  if (error instanceof ProgramStoreError) return new StoreError(...told(error))
  if (
    error instanceof ClosingBalancesError ||
    error instanceof CustomersError ||
    error instanceof BalanceHistoryError
  ) {
    return new BankError(...told(error))
  }
  if (error instanceof SmsCarrierError) return new CarrierError(...told(error))
  if (error instanceof SecretsPortError) return new SecretsError(...told(error))
  return undefined
}

interface PortError extends Error {
  readonly _tag: string
  readonly reason: string
  readonly isRetryable: boolean
}

const told = (error: PortError): ConstructorParameters<typeof TidemarkError> => [
  `${error._tag}.${error.reason}`,
  error.message,
  // What the host itself threw is what it wants to see; else the port's error.
  { retryable: error.isRetryable, cause: error.cause ?? error }
]
