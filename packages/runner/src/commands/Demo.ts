/** `tidemark demo`: flags and help. The work is in `DemoHandler`. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

const flags = {
  customers: Flag.Int("customers").pipe(
    Flag.withDefault(500),
    Flag.withDescription("customers of the sandbox bank, 1 to 1,000,000")
  ),
  month: Flag.String("month").pipe(
    Flag.withDefault("2026-09"),
    Flag.withMetavar("YYYY-MM"),
    Flag.withDescription("the month to play; September 2026 is full of holidays")
  ),
  seed: Flag.Int("seed").pipe(
    Flag.withDefault(1),
    Flag.withDescription("another seed, other customers and other faults")
  ),
  data: Flag.String("data").pipe(
    Flag.optional,
    Flag.withMetavar("DIR"),
    Flag.withDescription(
      "keep everything in DIR (default: a new folder in the temporary directory)"
    )
  ),
  resume: Flag.Boolean("resume").pipe(
    Flag.withDefault(false),
    Flag.withoutNegation,
    Flag.withDescription("go on with the demo in --data DIR, however it ended")
  )
}

/** `tidemark demo …` */
export const demo = Command.make(
  "demo",
  flags,
  TerminalCommand.run(async () => (await import("./DemoHandler.ts")).demo)
).pipe(
  Command.withDescription(
    "Plays a whole program month in seconds: a sandbox bank and a sandbox carrier as real " +
      "HTTP servers on loopback, the embedded store, business time jumping. Captures every " +
      "day, decides, releases, sends, tracks through faults, retries and reports. Needs no " +
      "server and no settings; sends nothing to anybody."
  ),
  Command.withShortDescription("play a whole program month against sandbox servers"),
  Command.withExamples([
    { command: "tidemark demo", description: "500 customers, September 2026" },
    { command: "tidemark demo --customers 20000 --seed 7", description: "more of them" },
    {
      command: "tidemark demo --data ./demo --resume",
      description: "go on after a kill -9: nothing is sent twice, nothing is lost"
    }
  ])
)
