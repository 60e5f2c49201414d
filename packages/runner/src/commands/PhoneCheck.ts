/** `tidemark phone check`: flags and help. The work is in `PhoneCheckHandler`. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

const check = Command.make(
  "check",
  {
    region: Flag.String("region").pipe(
      Flag.withDefault("IL"),
      Flag.withMetavar("XX"),
      Flag.withDescription("ISO 3166-1 region of numbers in national form; a line's own wins")
    )
  },
  TerminalCommand.run(async () => (await import("./PhoneCheckHandler.ts")).phoneCheck)
).pipe(
  Command.withDescription(
    'Says whether a short message can reach a number. Reads NDJSON {"id","input","region"?} from ' +
      "stdin and prints, as it reads, the E.164 form, the line type, whether it is valid and " +
      'reachable, and why not. A line with "region": null takes international form only.'
  ),
  Command.withShortDescription("check telephone numbers read from stdin as NDJSON"),
  Command.withExamples([
    {
      command: `echo '{"id":"1","input":"050-234-5678"}' | tidemark phone check`,
      description: "one number, for people"
    },
    {
      command: "tidemark phone check --region IL --json < phones.ndjson",
      description:
        '{"id":"1","e164":"+972502345678","type":"MOBILE","valid":true,' +
        '"reachable":true,"reason":null}'
    }
  ])
)

/** `tidemark phone …` */
export const phone = Command.make("phone").pipe(
  Command.withDescription("Telephone numbers: whether a short message can reach them."),
  Command.withSubcommands([check])
)
