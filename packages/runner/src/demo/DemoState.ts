/**
 * How far a demo came, kept in its directory so that `--resume` goes on after any death.
 *
 * **Guarantee** — the file is replaced whole; a reader sees the old state or the new one.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { BadInput } from "../TerminalFailure.ts"
import * as DemoPlan from "./DemoPlan.ts"

export interface DemoState {
  readonly options: DemoPlan.DemoOptions
  /** Business time. */
  readonly nowMs: number
}

const fileOf = (directory: string): string => join(directory, "demo.json")

/** Writes the state; atomic on one file system. */
export const save = ({ nowMs, options }: DemoState): void => {
  const { customers, directory, month, seed } = options
  mkdirSync(directory, { recursive: true })
  const file = fileOf(directory)
  writeFileSync(`${file}.new`, JSON.stringify({ customers, month, seed, nowMs }))
  renameSync(`${file}.new`, file)
}

/** Whether a demo has begun in the directory. */
export const exists = (directory: string): boolean => existsSync(fileOf(directory))

/** The state of a demo that was begun in the directory. */
export const load = (directory: string): DemoState => {
  const file = fileOf(directory)
  if (!existsSync(file)) {
    throw new BadInput({
      where: directory,
      reason: "no demo to resume: start one without --resume"
    })
  }
  const value = parsed(readFileSync(file, "utf8"))
  if (typeof value === "object" && value !== null) {
    const { customers, month, nowMs, seed } = value as Record<string, unknown>
    if (
      typeof customers === "number" &&
      typeof month === "string" &&
      typeof nowMs === "number" &&
      typeof seed === "number"
    ) {
      return { options: DemoPlan.options({ customers, month, seed, directory }), nowMs }
    }
  }
  throw new BadInput({ where: file, reason: "not the state of a demo" })
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
