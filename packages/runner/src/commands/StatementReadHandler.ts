/** `tidemark statement read`: the balances found in files. */
import { FeedFileError, type RowProblem, StatementReader } from "@tidemark/bank-file"
import { Currency, Money } from "@tidemark/core/rules"
import * as Option from "effect/Option"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput, Ended, oneLine } from "../TerminalFailure.ts"

interface Flags {
  readonly files: ReadonlyArray<string>
  readonly currency: string
  readonly format: Option.Option<string>
}

interface Problem {
  readonly code: string
  readonly message: string
  readonly line?: number
}

/** Rows past this are counted, not told: a file of nonsense would tell a million. */
const mostProblems = 1_000

const ofFile = ({ code, reason, line }: FeedFileError): Problem =>
  line === undefined ? { code, message: reason } : { code, message: reason, line }

const ofRow = ({ code, message, line }: RowProblem): Problem => ({ code, message, line })

/** Reads every file to its end before it prints a line of it, so that none is half told. */
export const statementRead = async (flags: Flags, context: CommandContext): Promise<void> => {
  const currency = Currency.parse(flags.currency)
  if (currency === undefined) {
    throw new BadInput({ reason: "--currency: not a currency code of ISO 4217, such as ILS" })
  }
  const format = Option.getOrUndefined(flags.format)
  const options = { currency, format, signal: context.signal }
  let failed = false
  for (const file of flags.files) {
    const problems = await problemsOf(file, options)
    if (problems.some(({ fatal }) => fatal)) failed = true
    else {
      await print(file, options, context)
      failed ||= problems.length > 0
    }
    for (const { problem } of problems) tell(file, problem, context)
    await context.out.drain()
  }
  if (failed) throw new Ended({ exitCode: 2 })
}

const problemsOf = async (
  file: string,
  options: Parameters<typeof StatementReader.read>[1]
): Promise<ReadonlyArray<{ readonly fatal: boolean; readonly problem: Problem }>> => {
  const found: Array<{ readonly fatal: boolean; readonly problem: Problem }> = []
  let more = 0
  try {
    for await (const { problems } of StatementReader.read(file, options)) {
      for (const problem of problems) {
        if (found.length < mostProblems) found.push({ fatal: false, problem: ofRow(problem) })
        else more++
      }
    }
  } catch (error) {
    if (!(error instanceof FeedFileError)) throw error
    return [{ fatal: true, problem: ofFile(error) }]
  }
  const message = `${more} more rows that cannot be read`
  return more === 0
    ? found
    : [...found, { fatal: false, problem: { code: "MORE_ISSUES", message } }]
}

const print = async (
  file: string,
  options: Parameters<typeof StatementReader.read>[1],
  { json, out }: CommandContext
): Promise<void> => {
  if (!json) out.line(`${oneLine(file)}\n${header}`)
  for await (const { balances } of StatementReader.read(file, options)) {
    for (const { account, businessDate, kind, minorUnits, currency } of balances) {
      if (json) {
        const amountMinor = minorUnits.toString()
        out.json({ file, account, businessDate, kind, amountMinor, currency })
      } else {
        const amount = Money.formatGrouped(minorUnits, options.currency).padStart(20)
        const name = oneLine(account ?? "–").padEnd(24)
        out.line(`${businessDate}  ${name}  ${kind.padEnd(14)}  ${amount} ${currency ?? ""}`)
      }
    }
    await out.drain()
  }
}

const header = "date        account                   kind                          amount"

const tell = (file: string, problem: Problem, { json, out }: CommandContext): void => {
  if (json) out.json({ file, error: problem })
  else {
    const place = problem.line === undefined ? file : `${file}:${problem.line}`
    process.stderr.write(`tidemark: ${oneLine(`${place}: ${problem.message}`)}\n`)
  }
}
