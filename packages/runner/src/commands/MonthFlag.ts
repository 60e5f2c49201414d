/** The `--month` of the stage commands. */
import { CalendarMonth } from "@tidemark/core/rules"
import { BadInput } from "../TerminalFailure.ts"

/** The month of a text such as `2026-09`; any other text is bad input. */
export const monthOf = (text: string): CalendarMonth.CalendarMonth => {
  const month = CalendarMonth.parse(text)
  if (month === undefined) throw new BadInput({ reason: `--month ${text}: no such month` })
  return month
}
