/**
 * The flags of whoever changes something: who, why, when. What they give is read in `PeopleInput`,
 * which `--help` need not load.
 */
import * as Flag from "effect/cli/Flag"

/** `--by`, `--reason` and `--now`, as every command that changes something takes them. */
export const people = {
  now: Flag.String("now").pipe(
    Flag.optional,
    Flag.withMetavar("INSTANT"),
    Flag.withDescription("business time, ISO 8601 in UTC; refused with a real carrier")
  ),
  by: Flag.String("by").pipe(Flag.withMetavar("WHO"), Flag.withDescription("who you are")),
  reason: Flag.String("reason").pipe(
    Flag.withMetavar("TEXT"),
    Flag.withDescription("why; kept in the audit, so write no name, phone or balance")
  )
}
