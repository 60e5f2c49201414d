/** `tidemark sms`: its commands; flags and help of `measure`. The work is in the handlers. */
import * as Command from "effect/cli/Command"
import * as TerminalCommand from "../TerminalCommand.ts"
import { lint } from "./SmsLint.ts"

const measure = Command.make(
  "measure",
  {},
  TerminalCommand.run(async () => (await import("./SmsMeasureHandler.ts")).smsMeasure)
).pipe(
  Command.withDescription(
    'Sizes messages by 3GPP TS 23.038/23.040. Reads NDJSON {"id","text"} from stdin and ' +
      "prints, as it reads, the encoding (GSM-7 or UCS-2), the units (septets or UTF-16 " +
      "units), the billed segments and the units of each."
  ),
  Command.withShortDescription("size messages read from stdin as NDJSON"),
  Command.withExamples([
    {
      command: `echo '{"id":"1","text":"שלום דנה"}' | tidemark sms measure`,
      description: "one message, for people"
    },
    {
      command: "tidemark sms measure --json < messages.ndjson",
      description: '{"id":"1","encoding":"UCS-2","units":8,"segments":1,"parts":[8]}'
    }
  ])
)

/** `tidemark sms …` */
export const sms = Command.make("sms").pipe(
  Command.withDescription("Short messages: their size on the air, and what to know of a template."),
  Command.withSubcommands([measure, lint])
)
