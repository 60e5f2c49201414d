/**
 * `tidemark sms lint`: worst case, traps and cost of a template.
 *
 * **Source** — surfaces, sms lint; product rules, Message (a linter).
 */
import { type Language, OptOut, TemplateLint } from "@tidemark/core/rules"
import * as Option from "effect/Option"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"
import * as SmsLintNames from "./SmsLintNames.ts"
import * as SmsLintOutput from "./SmsLintOutput.ts"
import * as SmsLintTemplates from "./SmsLintTemplates.ts"

/** The flags as the command line gives them. */
export interface Flags {
  readonly template: string
  readonly names: Option.Option<string>
  readonly language: Option.Option<Language.Language>
  readonly price: string
  readonly bankName: Option.Option<string>
  readonly twoWay: boolean
}

/** Advises: what it finds changes no exit code. */
export const smsLint = async (flags: Flags, { json, out }: CommandContext): Promise<void> => {
  const pricePerSegmentMicros = microsOf(flags.price)
  const { derived, set } = SmsLintTemplates.read(flags.template, {
    language: Option.getOrUndefined(flags.language),
    bankName: Option.getOrUndefined(flags.bankName),
    twoWay: flags.twoWay
  })
  const tried = SmsLintNames.read(Option.getOrUndefined(flags.names))
  const reports = TemplateLint.lint(set, {
    names: tried.map(({ name }) => name),
    year: anyYear,
    pricePerSegmentMicros,
    keywords: OptOut.DEFAULT_KEYWORDS
  })
  const linted = { template: flags.template, derived, set, tried, price: flags.price, reports }
  if (json) for (const line of SmsLintOutput.json(linted)) out.json(line)
  else for (const line of SmsLintOutput.text(linted)) out.line(line)
}

/** Months are named without their year. */
const anyYear = 2026

/** Millionths of the price's unit; at most six decimals. */
const microsOf = (price: string): bigint => {
  const parts = /^(\d{1,6})(?:\.(\d{1,6}))?$/u.exec(price)
  if (parts === null) throw new BadInput({ reason: "--price: not an amount such as 0.04" })
  return BigInt((parts[1] ?? "0") + (parts[2] ?? "").padEnd(6, "0"))
}
