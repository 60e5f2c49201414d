/**
 * Dump, send, restore: the database of a month is dumped as a request with messages comes to the
 * carrier, the runners go on sending, are killed, and find the database as it was at the dump. Two
 * people take it for the program's own.
 *
 * **Source** — delivery protocol 1.4; fault list D3.
 */
import { join } from "node:path"
import { tidemark } from "../commands/Tidemark.ts"
import * as CarrierTruth from "../process/CarrierTruth.ts"
import type { Dice } from "./Dice.ts"
import type { Runner } from "./Runner.ts"
import type { Backup } from "./Store.ts"
import type { WireHooks } from "./Wire.ts"

export interface RestoringOptions {
  readonly dice: Dice
  readonly folder: string
  readonly backup: Backup
  /** The carrier's own log. */
  readonly log: string
  readonly runners: () => ReadonlyArray<Runner>
  /** The settings file of any runner. */
  readonly config: () => string
  /** Business time. */
  readonly nowMs: () => number
}

export interface Restoring {
  /** Hooks around those of a wire to the carrier. */
  readonly around: (hooks: WireHooks) => WireHooks
  /** Whether the month may end: the restore has been, and two people have confirmed it. */
  readonly isOver: () => boolean
  /** Messages the carrier had accepted that the restored database knew nothing of. */
  readonly forgotten: () => number
  /** What went wrong with the tools or the commands. */
  readonly problems: ReadonlyArray<string>
}

/** The dump is taken at one of the first requests, so that messages are left to be sent. */
const mostBefore = 3
/** Requests between dump and restore: from the next one to well into the receipts. */
const mostBetween = 25

const proposalOf = (out: string): string => {
  const id = /"proposal":"([^"]+)"/.exec(out)?.[1]
  if (id === undefined) throw new Error(`no proposal in: ${out}`)
  return id
}

export const make = (options: RestoringOptions): Restoring => {
  const { backup, dice, folder, log } = options
  const file = join(folder, "dump")
  const before = Math.floor(dice.fraction("before the dump") * mostBefore)
  const between = 1 + Math.floor(dice.fraction("until the restore") * mostBetween)
  const problems: Array<string> = []
  let submissions = 0
  let since = 0
  let forgotten = 0
  let dumping: Promise<void> | undefined
  let dumped = false
  let restoring = false
  let over = false

  const accepted = () => CarrierTruth.read(log).audit.accepted

  const commanded = async (args: ReadonlyArray<string>): Promise<string> => {
    const now = new Date(options.nowMs()).toISOString()
    const { code, err, out } = await tidemark([
      ...args,
      "--now",
      now,
      "--json",
      "--config",
      options.config()
    ])
    if (code !== 0) throw new Error(`${args.join(" ")}: ${err}`)
    return out
  }

  const restore = async (): Promise<void> => {
    for (const runner of options.runners()) runner.kill()
    const known = await backup.restore(file)
    forgotten = accepted() - known
    const out = await commanded(["restore", "confirm", "--reason", "restored", "--by", "dana"])
    await commanded(["confirm", proposalOf(out), "--by", "noa"])
    over = true
  }

  const failed = (error: unknown) => {
    problems.push(`restore: ${String(error)}`)
    over = true
  }

  return {
    around: (hooks) => ({
      ...hooks,
      arrived: async (passing) => {
        if (passing.path === "/v1/messages" && submissions++ === before) {
          dumping = backup.dump(file).then(() => void (dumped = true), failed)
        }
        await dumping
        if (dumped && !restoring && !passing.path.startsWith("/sandbox") && since++ >= between) {
          restoring = true
          void restore().catch(failed)
        }
        return (await hooks.arrived?.(passing)) ?? "pass"
      }
    }),
    isOver: () => over,
    forgotten: () => forgotten,
    problems
  }
}
