/**
 * Counts the cases a property really ran: fast-check reports each property's runs, which go to the
 * test that asked. Set up by scripts/spec.ts alone.
 */
import * as fc from "fast-check"
import { beforeEach } from "vitest"

declare module "vitest" {
  interface TaskMeta {
    /** Cases fast-check ran in this test. */
    cases?: number
  }
}

const current: { meta: { cases?: number } } = { meta: {} }

beforeEach(({ task }) => {
  current.meta = task.meta
})

fc.configureGlobal({
  reporter: (details) => {
    current.meta.cases = (current.meta.cases ?? 0) + details.numRuns
    if (details.failed) throw new Error(fc.defaultReportMessage(details))
  }
})
