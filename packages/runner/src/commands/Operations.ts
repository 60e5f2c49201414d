/** `migrate`, `doctor` and `serve`: flags and help. The work is in their handlers. */
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
    ),
    keepMonths: Flag.Int("keep-months").pipe(
      Flag.optional,
      Flag.withDescription(
        "also drop the balances of closed months older than so many, such as 25; at least 3"
      )
    )
  },
  TerminalCommand.run(async () => (await import("./MigrateHandler.ts")).migrate)
).pipe(
  Command.withDescription("Brings the store's schema up to date, with months of partitions ahead."),
  Command.withShortDescription("bring the store's schema up to date"),
  Command.withExamples([
    { command: "tidemark migrate --verify", description: "is the schema exactly ours?" },
    { command: "tidemark migrate --sql > tidemark.sql", description: "for a DBA to read and run" },
    { command: "tidemark migrate --keep-months 25", description: "and drop older balances" }
  ])
)

/** `tidemark doctor` */
export const doctor = Command.make(
  "doctor",
  {
    now: Flag.String("now").pipe(
      Flag.optional,
      Flag.withMetavar("INSTANT"),
      Flag.withDescription("business time, ISO 8601 in UTC; refused with a real carrier")
    )
  },
  TerminalCommand.run(async () => (await import("./DoctorHandler.ts")).doctor)
).pipe(
  Command.withDescription(
    "Checks settings, store, bank and carrier, and says what is due and late. Changes " +
      "nothing. Exit 1 when something is wrong."
  ),
  Command.withShortDescription("check settings, store, bank and carrier")
)

export { sandbox } from "../sandbox/SandboxCommand.ts"

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
    "The runner: does what is due until it is stopped. Several processes may share one " +
      "PostgreSQL; SIGTERM finishes the batch in hand and leaves. With " +
      "SmsCarrier.WebhookSecret in the settings it also takes receipts the carrier pushes."
  ),
  Command.withShortDescription("run the program until stopped")
)
