/** What the flags of `PeopleFlags` give, read and checked. */
import { BusinessDate } from "@tidemark/core/rules"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as BusinessTime from "../BusinessTime.ts"
import { BadInput } from "../TerminalFailure.ts"

/** Who, why and when. */
export interface PeopleInput extends BusinessTime.NowFlag {
  readonly by: string
  readonly reason: string
}

/** A text that says something; else one line that names its flag. */
export const said = (flag: string, text: string): string => {
  if (text.trim() === "") throw new BadInput({ reason: `--${flag}: must not be empty` })
  return text.trim()
}

/** Who and why, in words. */
export const whoAndWhy = (input: PeopleInput) => ({
  by: said("by", input.by),
  reason: said("reason", input.reason)
})

/** The date of a text such as `2026-10-14`; any other text is bad input. */
export const dateOf = (flag: string, text: string): BusinessDate.BusinessDate => {
  const date = BusinessDate.parse(text.trim())
  if (date !== undefined) return date
  const reason = `--${flag} ${text.trim()}: no such date; write YYYY-MM-DD`
  throw new BadInput({ reason })
}

/** Business time as given, else the process clock. */
export const businessMs = Effect.fnUntraced(function* (input: BusinessTime.NowFlag) {
  return (yield* BusinessTime.given(input)) ?? (yield* Clock.currentTimeMillis)
})
