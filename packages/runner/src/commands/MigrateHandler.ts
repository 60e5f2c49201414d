/** `tidemark migrate`: the store's schema, applied, verified or printed. */
import { ProgramStore } from "@tidemark/core/effect"
import { CalendarMonth, ZonedTime } from "@tidemark/core/rules"
import { Config as StoreConfig, Migrations } from "@tidemark/postgres"
import * as Effect from "effect/Effect"
import * as Composition from "../Composition.ts"
import * as Config from "../Config.ts"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"

/** The schema of the settings where they were named; else the default, for no file is needed. */
const schemaOf = ({ configFile }: CommandContext): string => {
  if (configFile === undefined) return StoreConfig.defaults.schema
  const { database } = Config.read(configFile)
  const schema = database._tag === "Postgres" ? database.schema : undefined
  return schema ?? StoreConfig.defaults.schema
}

export const migrate = async (
  input: { readonly verify: boolean; readonly sql: boolean },
  context: CommandContext
): Promise<void> => {
  if (input.sql) {
    const fromMonth = CalendarMonth.of(ZonedTime.businessDateAt(Date.now(), "UTC"))
    const months = StoreConfig.defaults.partitionMonths
    context.out.line(Migrations.sqlText({ schema: schemaOf(context), fromMonth, months }))
    return
  }
  const settings = Config.read(context.configFile)
  const how = input.verify ? "verify" : "apply"
  await Operate.run(
    ProgramStore.pipe(
      Effect.provide(Composition.storeLayer(settings, { migrations: how })),
      Effect.provide(Operate.logs("Warn"))
    ),
    context.signal
  )
  const words = input.verify ? "the schema is ours and complete" : "the schema is up to date"
  if (context.json) context.out.json({ ok: true, mode: how })
  else context.out.line(words)
}
