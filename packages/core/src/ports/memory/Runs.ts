/** Runs under a lease and a fence. */
import type * as Runs from "../store/Runs.ts"
import * as State from "./State.ts"

export const claimRun = (
  state: State.State,
  input: Runs.ClaimRun,
  clockMs: number
): Runs.RunClaim => {
  const key = `${input.kind} ${input.key}`
  const latest = state.latestRuns.get(key)
  if (latest !== undefined && latest.finishedMs === null) {
    return latest.leaseUntilMs > clockMs ? { _tag: "Busy" } : hold(state, latest, input, clockMs)
  }
  if (latest !== undefined && !input.again) return { _tag: "Finished", sequence: latest.sequence }
  const sequence = (latest?.sequence ?? 0) + 1
  const run: State.RunRow = {
    runId: `${state.program}/${input.kind}/${input.key}/${sequence}`,
    kind: input.kind,
    key: input.key,
    sequence,
    correlationId: input.correlationId,
    fence: 0n,
    leaseUntilMs: 0,
    cursor: null,
    page: 0,
    finishedMs: null,
    issues: []
  }
  state.runs.set(run.runId, run)
  state.latestRuns.set(key, run)
  return hold(state, run, input, clockMs)
}

const hold = (
  state: State.State,
  run: State.RunRow,
  input: Runs.ClaimRun,
  clockMs: number
): Runs.RunClaim => {
  run.fence = State.takeFence(state)
  run.leaseUntilMs = clockMs + input.leaseMs
  State.audit(state, "claimRun", input.nowMs, run.runId)
  return {
    _tag: "Claimed",
    run: { runId: run.runId, fence: run.fence },
    sequence: run.sequence,
    cursor: run.cursor,
    page: run.page
  }
}

/** The run while its handle still holds it; `undefined` after a take-over or its end. */
export const heldRun = (state: State.State, handle: Runs.RunHandle): State.RunRow | undefined => {
  const run = state.runs.get(handle.runId)
  return run !== undefined && run.fence === handle.fence && run.finishedMs === null
    ? run
    : undefined
}

/** Keeps the cursor of a recorded page and renews the lease. */
export const advance = (
  run: State.RunRow,
  page: number,
  nextCursor: string | null,
  leaseUntilMs: number
): void => {
  run.page = page + 1
  run.cursor = nextCursor
  run.leaseUntilMs = leaseUntilMs
}
