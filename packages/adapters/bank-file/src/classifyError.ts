/**
 * Turns what reading a file can fail with into the port's one error.
 */
import { ClosingBalancesError } from "@tidemark/core/effect"
import { FeedFileError, fromForeign } from "./FeedFileError.ts"

/**
 * The port's error; its own pass. A file that is not there yet may come, and one that is empty or
 * ends too early
 * may still be in the writing: `NotReady`. Everything else that is wrong with a file is `Malformed`
 * and goes to an operator; what is no problem of a file is `Unavailable` with its cause.
 */
export const classifyError = (error: unknown, file: string): ClosingBalancesError => {
  if (error instanceof ClosingBalancesError) return error
  const known = fromForeign(error, file)
  if (!(known instanceof FeedFileError)) {
    return new ClosingBalancesError({ reason: "Unavailable", detail: file, cause: error })
  }
  const { code, message } = known
  const reason =
    code === "UNREADABLE" || code === "TRUNCATED" || code === "EMPTY" ? "NotReady" : "Malformed"
  return new ClosingBalancesError({ reason, detail: `${code}: ${message}` })
}
