/**
 * How a command ends badly: one line on stderr and an exit code, never a stack trace.
 *
 * Guarantees exit 2 for what the caller can put right (usage, input) and exit 1 for the rest. A
 * defect is told by its kind and place only: its message could hold a phone, a name or a balance.
 *
 * **Source** — product rules, command line: exit codes 0 ok, 1 failed, 2 bad usage or input.
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"

/** Usage or input the caller can correct: exit 2. */
export class BadInput extends Data.TaggedError("BadInput")<{
  /** `file:line`, `stdin:line` or a file, where the problem has a place. */
  readonly where?: string
  readonly reason: string
}> {
  override get message(): string {
    return this.where === undefined ? this.reason : `${this.where}: ${this.reason}`
  }
}

/** The command understood its input and could not do its work: exit 1. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/** The command told its result itself and only the exit code is left to set. */
export class Ended extends Data.TaggedError("Ended")<{ readonly exitCode: number }> {}

/** What is told on stderr, if anything, and the exit code. */
export interface Ending {
  readonly exitCode: number
  readonly line?: string
}

/** A usage problem found by the command-line parser, shaped as effect/cli gives it. */
interface ShowHelp {
  readonly _tag: "ShowHelp"
  readonly commandPath: ReadonlyArray<string>
  readonly errors: ReadonlyArray<Error>
}

const isTagged = (error: unknown): error is { readonly _tag: string } =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string"

const isShowHelp = (error: unknown): error is ShowHelp =>
  isTagged(error) && error._tag === "ShowHelp" && "errors" in error && "commandPath" in error

/** One line of any message: control characters and line breaks become blanks. */
export const oneLine = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- a terminal must not be steered by an input file
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .replace(/ {2,}/g, " ")
    .trim()

/** First line of our own code a defect passed through, for a report that can be acted on. */
const placeOf = (error: Error): string => {
  const frame = error.stack?.split("\n").find((line) => /^\s+at .*\.[jt]s:\d+/.test(line))
  const place = frame === undefined ? undefined : /([^/\\()\s]+\.[jt]s:\d+)/.exec(frame)?.[1]
  return place === undefined ? "" : ` in ${place}`
}

/** The ending of a defect. */
export const internalError = (defect: unknown): Ending => {
  const kind = defect instanceof Error ? `${defect.name}${placeOf(defect)}` : typeof defect
  const report = "please report it with the command you ran"
  return { exitCode: 1, line: `internal error (${oneLine(kind)}): ${report}` }
}

const usage = ({ commandPath, errors }: ShowHelp): Ending => {
  const path = commandPath.join(" ")
  const problems = errors
    .map((error) => error.message.replace(/\n\n\s+Did you mean this\?/, "; did you mean"))
    .join("; ")
  return errors.length === 0
    ? { exitCode: 2 }
    : { exitCode: 2, line: `${oneLine(problems)} (try: ${path} --help)` }
}

/**
 * The ending of a failed command.
 *
 * **Outcomes, first match wins**
 * 1. interrupted by a signal — exit 130, nothing told
 * 2. a usage problem — exit 2, all problems on one line and where to read on
 * 3. `BadInput` — exit 2
 * 4. `Ended` — the code it names, nothing told
 * 5. another expected failure — exit 1, its message
 * 6. a defect — exit 1, "internal error"
 */
export const endingOf = (cause: Cause.Cause<unknown>): Ending => {
  if (Cause.hasInterruptsOnly(cause)) return { exitCode: 130 }
  const error = Cause.squash(cause)
  if (isShowHelp(error)) return usage(error)
  if (error instanceof BadInput) return { exitCode: 2, line: oneLine(error.message) }
  if (error instanceof Ended) return { exitCode: error.exitCode }
  const expected = Cause.hasFails(cause) && error instanceof Error && isTagged(error)
  return expected ? { exitCode: 1, line: oneLine(error.message) } : internalError(error)
}
