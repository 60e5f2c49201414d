/**
 * How long the messages of a dead worker wait for the next one, with the lease the protocol has by
 * default: 120 s, and a scan after it.
 *
 * **Source** — delivery protocol, part 1 (Constants); fault list, dead-worker detection.
 */
import { mkdtempSync } from "node:fs"
import { join } from "node:path"
import * as Child from "../process/Child.ts"
import { type Base, prepare as prepareBase } from "./Base.ts"
import * as Cell from "./Cell.ts"
import { spawnLives } from "./Lives.ts"
import { rows } from "./MatrixRows.ts"
import type { Server } from "./Store.ts"

export interface Takeover {
  /** From the death of the worker that held them until another has put them to the carrier. */
  readonly seconds: number
}

/** A month decided under the policy it is then sent under: the one in force is never changed. */
export const prepare = (folder: string, server: Server | null): Promise<Base> => {
  const { bankSeed: seed, customers } = Cell
  return prepareBase({ folder, server, seed, customers, timing: undefined })
}

/** Kills a worker between claim and mark while another is up, and waits for the other. */
export const measure = async (folder: string, base: Base): Promise<Takeover> => {
  const [row] = rows
  if (row === undefined) throw new Error("the matrix has no rows")
  const copy = await base.copy()
  const options = { ...copy, row, carrierClass: "KLV", nowMs: base.nowMs, timing: null } as const
  const cell = await Cell.make(options)
  const lives = mkdtempSync(join(folder, "takeover-"))
  const dying = spawnLives(lives, [cell], 0)
  try {
    await cell.advance()
    const living = spawnLives(lives, [cell], 1)
    try {
      await Child.until(living, "its first tick", () => living.lines.length > 0)
      await dying.kill()
      const deadMs = performance.now()
      await Child.until(living, "the submission", () => cell.submissions() > 0)
      return { seconds: (performance.now() - deadMs) / 1000 }
    } finally {
      await living.kill()
    }
  } finally {
    await dying.kill()
    await cell.close()
    await copy.store.close()
  }
}
