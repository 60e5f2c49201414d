/**
 * What happened to one customer's messages, told line by line: requests, the carrier's log, and the
 * faults that struck meanwhile.
 *
 * **Source** — simulation, output of a failure.
 */
import * as Instant from "../../calendar/Instant.ts"
import type { LogLine } from "../SandboxCarrierLog.ts"
import * as SandboxPeople from "../SandboxPeople.ts"
import type { Run } from "./Run.ts"
import { nameOf } from "./SimulationPlan.ts"

interface Line {
  readonly atMs: number
  readonly text: string
}

/** A day on both sides of the messages is theirs. */
const nearMs = 86_400_000

/** The story of a customer, in the order of time; of all customers without one. */
export const story = (run: Run, customer: number | null): ReadonlyArray<string> => {
  const to = customer === null ? undefined : SandboxPeople.mobileOf(customer)
  const names = new Map<string, string>()
  for (const line of run.log) {
    if (line.t !== "accepted" || (to !== undefined && line.to !== to)) continue
    if (!names.has(line.ref)) names.set(line.ref, `message ${names.size + 1}`)
  }
  const lines: Array<Line> = []
  for (const { atMs, references } of run.departures) {
    for (const reference of references) {
      const name = names.get(reference)
      if (name !== undefined) lines.push({ atMs, text: `a request with ${name} leaves` })
    }
  }
  for (const line of run.log) {
    const text = "ref" in line ? told(line, names.get(line.ref)) : undefined
    if (text !== undefined) lines.push({ atMs: line.at, text })
  }
  const firstMs = Math.min(...lines.map(({ atMs }) => atMs)) - nearMs
  const lastMs = Math.max(...lines.map(({ atMs }) => atMs)) + nearMs
  for (const { atMs, fault } of run.faults) {
    if (atMs < firstMs || atMs > lastMs) continue
    const forMs = "forMs" in fault && fault.forMs > 0 ? ` for ${fault.forMs / 1000} s` : ""
    lines.push({ atMs, text: `fault: ${nameOf(fault)}${forMs}` })
  }
  return lines
    .toSorted((left, right) => left.atMs - right.atMs)
    .map(({ atMs, text }) => `${Instant.toIso(atMs)}  ${text}`)
}

const told = (
  line: Extract<LogLine, { readonly ref: string }>,
  name: string | undefined
): string | undefined => {
  if (name === undefined) return undefined
  switch (line.t) {
    case "accepted":
      return `the carrier accepts ${name}`
    case "refused":
    case "throttled":
      return `the carrier says ${line.t} to ${name} (${line.code})`
    case "receipt":
      return `the carrier tells of ${name}: ${line.state}`
  }
}
