/** `tidemark phone check`: what each number read from stdin is, and whether an SMS can reach it. */
import { Msisdn } from "@tidemark/core/recipient"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"
import * as TerminalInput from "../TerminalInput.ts"

const regionOf = (text: string, where: string | undefined): string => {
  const region = text.toUpperCase()
  if (/^[A-Z]{2}$|^[0-9]{3}$/.test(region)) return region
  const reason = `"region" must be two letters of ISO 3166-1, such as IL`
  throw new BadInput(where === undefined ? { reason } : { where, reason })
}

const lineRegion = (value: unknown, flag: string, where: string): string | null => {
  if (value === undefined) return flag
  if (value === null) return null
  return regionOf(typeof value === "string" ? value : "", where)
}

const header = "id                    number            type                  reachable"

/** Prints one line per number, blank lines skipped; stops at the first bad line. */
export const phoneCheck = async (
  flags: { readonly region: string },
  { json, out }: CommandContext
): Promise<void> => {
  const flag = regionOf(flags.region, undefined)
  let reached = 0
  let numbers = 0
  if (!json) out.line(header)
  await TerminalInput.eachRecord(out, ({ fields, id, where }) => {
    // No number at all is an answer (NO_PHONE), not a bad line.
    const input = fields["input"] === null ? "" : TerminalInput.textOf(fields, "input", where)
    const region = lineRegion(fields["region"], flag, where)
    const { e164, type, valid, reachable, reason } = Msisdn.check(input, region)
    numbers++
    if (reachable) reached++
    if (json) out.json({ id, e164, type, valid, reachable, reason })
    else {
      const number = `${String(id).padEnd(20)}  ${(e164 ?? "–").padEnd(16)}`
      out.line(`${number}  ${(type ?? "–").padEnd(20)}  ${reachable ? "yes" : `no: ${reason}`}`)
    }
  })
  if (!json) out.line(`${reached} of ${numbers} numbers can be reached by SMS`)
}
