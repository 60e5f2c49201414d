/** What the sandbox carrier's own log says: the truth the program's figures are measured against. */
import { SandboxCarrierLog } from "@tidemark/core/sandbox"
import { readFileSync } from "node:fs"

export interface CarrierTruth {
  readonly audit: SandboxCarrierLog.CarrierAudit
  /** References with a receipt that says delivered. */
  readonly delivered: number
  /** Whether business time never went back from one line to the next. */
  readonly timeGoesForward: boolean
}

/** Reads a log; a line its writer could not finish is no line. */
export const read = (file: string): CarrierTruth => {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .map((text) => SandboxCarrierLog.parseLine(text))
    .filter((line) => line !== undefined)
  const delivered = new Set<string>()
  let timeGoesForward = true
  let atMs = 0
  for (const line of lines) {
    if (line.at < atMs) timeGoesForward = false
    atMs = line.at
    if (line.t === "receipt" && line.state === "delivered") delivered.add(line.ref)
  }
  return {
    audit: SandboxCarrierLog.auditCarrierLog(lines),
    delivered: delivered.size,
    timeGoesForward
  }
}
