/** `tidemark sandbox bank|carrier`: flags and help. The work is in `SandboxHandler`. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

const port = (standard: number) =>
  Flag.Int("port").pipe(
    Flag.withDefault(standard),
    Flag.withDescription(`port on loopback; 0 takes any free one (default: ${standard})`)
  )

const script = Flag.String("script").pipe(
  Flag.optional,
  Flag.withMetavar("FILE"),
  Flag.withDescription("faults to inject, as JSON; see docs/reference")
)

const seed = Flag.Int("seed").pipe(
  Flag.withDefault(1),
  Flag.withDescription("another seed, other choices")
)

/** Meaningless to a bank, but a public flag of both: it then means a bank without faults. */
const immediate = (meaning: string) =>
  Flag.Boolean("null").pipe(
    Flag.withDefault(false),
    Flag.withoutNegation,
    Flag.withDescription(meaning)
  )

const now = Flag.String("now").pipe(
  Flag.optional,
  Flag.withMetavar("INSTANT"),
  Flag.withDescription("business time at start, ISO 8601 in UTC (default: the machine's)")
)

const bank = Command.make(
  "bank",
  {
    port: port(8181),
    now,
    script,
    immediate: immediate("no faults, whatever the script says"),
    seed,
    customers: Flag.Int("customers").pipe(
      Flag.withDefault(500),
      Flag.withDescription("how many customers there are, 1 to 1,000,000")
    ),
    month: Flag.String("month").pipe(
      Flag.withDefault("2026-09"),
      Flag.withMetavar("YYYY-MM"),
      Flag.withDescription("the month in which accounts are opened and closed")
    )
  },
  TerminalCommand.run(async () => (await import("./SandboxHandler.ts")).bank)
).pipe(
  Command.withDescription(
    [
      "Serves invented customers and their closing balances over the default bank contract,",
      "until it is interrupted. Every balance follows from the seed. Business time is the",
      "machine's until PUT /sandbox/clock."
    ].join(" ")
  ),
  Command.withShortDescription("a bank to try against")
)

const carrier = Command.make(
  "carrier",
  {
    port: port(8182),
    now,
    script,
    immediate: immediate("accept and deliver at once, without faults"),
    seed,
    log: Flag.String("log").pipe(
      Flag.withDefault("tidemark-sandbox/carrier.ndjson"),
      Flag.withMetavar("FILE"),
      Flag.withDescription("the carrier's own log; it goes on where the log ends")
    ),
    webhook: Flag.String("webhook").pipe(
      Flag.optional,
      Flag.withMetavar("URL"),
      Flag.withDescription("where receipts are pushed, signed; without it they wait for polls")
    ),
    secretFile: Flag.String("webhook-secret-file").pipe(
      Flag.optional,
      Flag.withMetavar("FILE"),
      Flag.withDescription("holds the signing secret: whsec_ and base64 of 24 bytes or more")
    )
  },
  TerminalCommand.run(async () => (await import("./SandboxHandler.ts")).carrier)
).pipe(
  Command.withDescription(
    [
      "Takes messages over the default carrier contract, sends nothing to anybody, and tells",
      "receipts as business time advances, until it is interrupted. Keeps a log of everything",
      "that happened to it, and misbehaves by script."
    ].join(" ")
  ),
  Command.withShortDescription("a carrier to try against"),
  Command.withExamples([
    { command: "tidemark sandbox carrier --null", description: "accepts and delivers at once" },
    {
      command: "tidemark sandbox carrier --script faults.json",
      description: 'with faults such as [{"on":"submit","kind":"5xx-after-accept","every":7}]'
    }
  ])
)

/** `tidemark sandbox …` */
export const sandbox = Command.make("sandbox").pipe(
  Command.withDescription("A bank and a carrier on loopback to try against, with scripted faults."),
  Command.withShortDescription("a bank and a carrier to try against"),
  Command.withSubcommands([bank, carrier])
)
