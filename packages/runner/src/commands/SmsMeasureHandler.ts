/** `tidemark sms measure`: the size of each message read from stdin. */
import { SmsSegments } from "@tidemark/core/rules"
import type { CommandContext } from "../TerminalCommand.ts"
import * as TerminalInput from "../TerminalInput.ts"

const header = "id                    encoding   units  segments  parts"

/** Prints one line per message, blank lines skipped; stops at the first bad line. */
export const smsMeasure = async (_: object, { json, out }: CommandContext): Promise<void> => {
  let messages = 0
  let total = 0
  if (!json) out.line(header)
  await TerminalInput.eachRecord(out, ({ fields, id, where }) => {
    const text = TerminalInput.textOf(fields, "text", where)
    const { encoding, units, segments, parts } = SmsSegments.measure(text)
    messages++
    total += segments
    if (json) out.json({ id, encoding, units, segments, parts })
    else {
      const name = String(id).padEnd(20)
      const sizes = `${String(units).padStart(6)}  ${String(segments).padStart(8)}`
      out.line(`${name}  ${encoding.padEnd(8)} ${sizes}  ${parts.join(" + ")}`)
    }
  })
  if (!json) out.line(`${messages} messages, ${total} billed segments`)
}
