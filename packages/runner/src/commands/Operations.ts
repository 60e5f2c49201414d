/** `migrate`, `doctor`, `sandbox` and `serve`: flags and help. The work is in their handlers. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as TerminalCommand from "../TerminalCommand.ts"

/** `tidemark migrate …` */
export const migrate = Command.make(
  "migrate",
  {
    verify: Flag.Boolean("verify").pipe(
      Flag.withDefault(false),
      Flag.withoutNegation,
      Flag.withDescription("change nothing: fail unless the schema is exactly ours")
    ),
    sql: Flag.Boolean("sql").pipe(
      Flag.withDefault(false),
      Flag.withoutNegation,
      Flag.withDescription("print the statements for a DBA, and connect to nothing")
    )
  },
  TerminalCommand.run(async () => (await import("./MigrateHandler.ts")).migrate)
).pipe(
  Command.withDescription("Brings the store's schema up to date, with months of partitions ahead.")
)

/** `tidemark doctor` */
export const doctor = Command.make(
  "doctor",
  {},
  TerminalCommand.run(async () => (await import("./DoctorHandler.ts")).doctor)
).pipe(
  Command.withDescription(
    "Checks settings, store, bank and carrier, and says what is due and late. Exit 1 when something is wrong."
  )
)

/** `tidemark sandbox bank|carrier` */
export const sandbox = Command.make(
  "sandbox",
  {
    which: Argument.Literals("which", ["bank", "carrier"]).pipe(
      Argument.withDescription("bank or carrier")
    ),
    port: Flag.Int("port").pipe(
      Flag.withDefault(0),
      Flag.withDescription("port on loopback (default: any free one, printed)")
    ),
    script: Flag.String("script").pipe(
      Flag.optional,
      Flag.withMetavar("FILE"),
      Flag.withDescription("JSON list of faults to inject")
    ),
    null: Flag.Boolean("null").pipe(
      Flag.withDefault(false),
      Flag.withoutNegation,
      Flag.withDescription("carrier: accept and deliver at once, without faults")
    ),
    log: Flag.String("log").pipe(
      Flag.optional,
      Flag.withMetavar("FILE"),
      Flag.withDescription("carrier: its own log on disk (default: in memory)")
    ),
    customers: Flag.Int("customers").pipe(
      Flag.withDefault(500),
      Flag.withDescription("bank: how many customers")
    ),
    months: Flag.String("months").pipe(
      Flag.withDefault("2026-09"),
      Flag.withMetavar("YYYY-MM,…"),
      Flag.withDescription("bank: months in which accounts open and close")
    ),
    seed: Flag.Int("seed").pipe(Flag.withDefault(1))
  },
  TerminalCommand.run(async () => (await import("./SandboxHandler.ts")).sandbox)
).pipe(
  Command.withDescription(
    "A sandbox bank or carrier: a real HTTP server on loopback with scriptable faults and a business clock (PUT /sandbox/clock). Sends nothing to anybody."
  ),
  Command.withShortDescription("a sandbox bank or carrier on loopback"),
  Command.withExamples([
    { command: "tidemark sandbox carrier --port 9090 --null", description: "accepts everything" },
    { command: "tidemark sandbox bank --customers 20000", description: "a larger bank" }
  ])
)

/** `tidemark serve` */
export const serve = Command.make(
  "serve",
  {
    roles: Flag.String("roles").pipe(
      Flag.withDefault("capture,qualify,notify,track,report"),
      Flag.withMetavar("ROLE,…"),
      Flag.withDescription("the stages this process runs")
    ),
    businessClock: Flag.String("business-clock").pipe(
      Flag.optional,
      Flag.withMetavar("URL"),
      Flag.withDescription("follow a sandbox's clock; refused with a real carrier")
    )
  },
  TerminalCommand.run(async () => (await import("./ServeHandler.ts")).serve)
).pipe(
  Command.withDescription(
    "The runner: does what is due until it is stopped. Several processes may share one PostgreSQL; SIGTERM finishes the batch in hand and leaves."
  ),
  Command.withShortDescription("run the program until stopped")
)
