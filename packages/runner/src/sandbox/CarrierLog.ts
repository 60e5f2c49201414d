/**
 * The carrier's log on disk: lines are written before anything is answered, and read at start.
 *
 * A line that reached the file survives the death of the process, not the loss of power: it is
 * written to the operating system at once and never fsynced.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { SandboxCarrierLog } from "@tidemark/core/sandbox"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface CarrierLog {
  readonly append: (lines: ReadonlyArray<SandboxCarrierLog.LogLine>) => void
  /** Every line so far, in the order they were written. */
  readonly read: () => Iterable<SandboxCarrierLog.LogLine>
}

/** A log that lives as long as its process. */
export const inMemory = (): CarrierLog => {
  const kept: Array<SandboxCarrierLog.LogLine> = []
  return {
    append: (lines) => {
      for (const line of lines) kept.push(line)
    },
    read: () => kept
  }
}

/** A log in a file, made with its folder where absent. A last line without its end is cut off. */
export const inFile = (file: string): Effect.Effect<CarrierLog, Error, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        fs.mkdirSync(path.dirname(file), { recursive: true })
        cutTornLine(file)
        return fs.openSync(file, "a")
      },
      catch: (cause) => new Error(`sandbox carrier: cannot open its log ${file}`, { cause })
    }),
    (descriptor) => Effect.sync(() => fs.closeSync(descriptor))
  ).pipe(
    Effect.map((descriptor) => ({
      append: (lines: ReadonlyArray<SandboxCarrierLog.LogLine>) => {
        if (lines.length === 0) return
        let text = ""
        for (const line of lines) text += `${JSON.stringify(line)}\n`
        writeAll(descriptor, Buffer.from(text))
      },
      read: () => readLines(file)
    }))
  )

const writeAll = (descriptor: number, bytes: Buffer): void => {
  let written = 0
  while (written < bytes.length) written += fs.writeSync(descriptor, bytes, written)
}

const newline = 0x0a

const cutTornLine = (file: string): void => {
  if (!fs.existsSync(file)) return
  const bytes = fs.readFileSync(file)
  const end = bytes.lastIndexOf(newline) + 1
  if (end < bytes.length) fs.truncateSync(file, end)
}

/** Reads in chunks: a log of a million messages is larger than a string may be. */
function* readLines(file: string): Iterable<SandboxCarrierLog.LogLine> {
  const descriptor = fs.openSync(file, "r")
  try {
    const chunk = Buffer.alloc(1 << 20)
    let rest: Buffer = Buffer.alloc(0)
    for (;;) {
      const size = fs.readSync(descriptor, chunk)
      if (size === 0) return
      const bytes = Buffer.concat([rest, chunk.subarray(0, size)])
      const end = bytes.lastIndexOf(newline) + 1
      rest = Buffer.from(bytes.subarray(end))
      for (const text of bytes.toString("utf8", 0, end).split("\n")) {
        if (text === "") continue
        const line = SandboxCarrierLog.parseLine(text)
        if (line === undefined) throw new Error(`sandbox carrier: its log ${file} is damaged`)
        yield line
      }
    }
  } finally {
    fs.closeSync(descriptor)
  }
}
