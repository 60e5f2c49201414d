/** `tidemark migrate`: the store's schema, applied, verified or printed. */
import { ProgramStore } from "@tidemark/core/effect"
import { CalendarMonth, ZonedTime } from "@tidemark/core/rules"
import * as Postgres from "@tidemark/postgres"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { join } from "node:path"
import * as Composition from "../Composition.ts"
import * as Config from "../Config.ts"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"

const { Config: StoreConfig, Migrations } = Postgres

/** Strange balances of a month are told by those of the month before, which must be there. */
const fewestMonths = 3

/** The schema of the settings where they were named; else the default, for no file is needed. */
const schemaOf = ({ configFile }: CommandContext): string => {
  if (configFile === undefined) return StoreConfig.defaults.schema
  const { database } = Config.read(configFile)
  const schema = database._tag === "Postgres" ? database.schema : undefined
  return schema ?? StoreConfig.defaults.schema
}

const thisMonth = (): CalendarMonth.CalendarMonth =>
  CalendarMonth.of(ZonedTime.businessDateAt(Date.now(), "UTC"))

/** Drops the balances of older months that every program has closed. */
const dropOlder = (settings: Config.RunnerSettings, keepMonths: number) => {
  const { database } = settings
  const client =
    database._tag === "Embedded"
      ? Postgres.layerEmbeddedClient({ dataDirectory: join(database.directory, "store") })
      : Postgres.layerPostgresClient({ url: database.url, schema: database.schema })
  let keepFrom = thisMonth()
  for (let i = 1; i < keepMonths; i++) keepFrom = CalendarMonth.previous(keepFrom)
  return Effect.provide(Postgres.Retention.dropBefore(keepFrom, Date.now()), client)
}

export const migrate = async (
  input: {
    readonly verify: boolean
    readonly sql: boolean
    readonly keepMonths: Option.Option<number>
  },
  context: CommandContext
): Promise<void> => {
  const keepMonths = Option.getOrUndefined(input.keepMonths)
  if (keepMonths !== undefined && (input.sql || input.verify || keepMonths < fewestMonths)) {
    const reason = `--keep-months: at least ${fewestMonths}, and neither --sql nor --verify`
    throw new BadInput({ reason })
  }
  if (input.sql) {
    const months = StoreConfig.defaults.partitionMonths
    const options = { schema: schemaOf(context), fromMonth: thisMonth(), months }
    context.out.line(Migrations.sqlText(options))
    return
  }
  const settings = Config.read(context.configFile)
  const mode = input.verify ? "verify" : "apply"
  await Operate.run(
    ProgramStore.pipe(
      Effect.provide(Composition.storeLayer(settings, { migrations: mode })),
      Effect.provide(Operate.logs("Warn"))
    ),
    context.signal
  )
  const retained =
    keepMonths === undefined
      ? undefined
      : await Operate.run(dropOlder(settings, keepMonths), context.signal)
  if (context.json) return context.out.json({ ok: true, mode, ...retained })
  context.out.line(input.verify ? "the schema is ours and complete" : "the schema is up to date")
  if (retained === undefined) return
  context.out.line(`balances dropped: ${retained.dropped.join(", ") || "none"}`)
  if (retained.open.length > 0) {
    context.out.line(`kept, not closed yet: ${retained.open.join(", ")}`)
  }
}
