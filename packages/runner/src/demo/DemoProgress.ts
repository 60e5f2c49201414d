/**
 * What a person sees on stderr while the demo plays: a line that is redrawn on a terminal, a line
 * now and then otherwise.
 */
import type { Tick } from "@tidemark/core/effect"
import { ZonedTime } from "@tidemark/core/rules"
import * as DemoPlan from "./DemoPlan.ts"
import type { DemoListener } from "./DemoRun.ts"

export interface DemoProgress extends DemoListener {
  readonly end: () => void
}

/** Away from a terminal a line is written this often at most. */
const quietMs = 2000

const words = {
  capture: "capturing closing balances",
  qualify: "deciding the month",
  report: "reporting",
  release: "releasing",
  submit: "submitting to the carrier",
  reconcile: "asking the carrier about unknown outcomes",
  track: "following receipts",
  relay: "publishing events",
  "notify operations": "telling operations"
} as const satisfies Readonly<Record<string, string>>

const wordsOf = (work: string): string => new Map(Object.entries(words)).get(work) ?? work

/** Draws on stderr. */
export const progressOf = ({ customers, month }: DemoPlan.DemoOptions): DemoProgress => {
  const isTerminal = process.stderr.isTTY
  let doing: string = "opening the embedded store"
  let date = month as string
  let drawnMs = 0
  const draw = (): void => {
    const nowMs = performance.now()
    if (nowMs - drawnMs < (isTerminal ? 80 : quietMs)) return
    drawnMs = nowMs
    const text = `  ${date}  ${doing}`
    process.stderr.write(isTerminal ? `\r\u001b[2K${text}` : `${text}\n`)
  }
  const count = customers.toLocaleString("en")
  process.stderr.write(`Playing ${month} for ${count} customers of a sandbox bank …\n`)
  return {
    day: (nowMs) => {
      date = ZonedTime.businessDateAt(nowMs, DemoPlan.zone)
      draw()
    },
    done: (done: Tick.Done) => {
      doing = wordsOf(done.work)
      draw()
    },
    marked: (total) => {
      doing = `${words.submit}: ${total.toLocaleString("en")} messages`
      draw()
    },
    end: () => {
      if (isTerminal) process.stderr.write("\r\u001b[2K")
    }
  }
}
