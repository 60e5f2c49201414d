/**
 * A backup of the store is put back: every process dies with the database it was connected to, the
 * first of the new ones meets a store that its witness does not know, and after a while two people
 * confirm it. Bank, carrier and everything on the wire live on.
 *
 * **Source** — delivery protocol 1.4; fault D3; simulation, level 2.
 */
import { defaultQualificationPolicy } from "../../qualification/QualificationPolicy.ts"
import * as SandboxBank from "../SandboxBank.ts"
import type { Fault } from "./SimulationPlan.ts"
import { startWorker, type World } from "./World.ts"

type RestoreFault = Extract<Fault, { readonly on: "restore" }>

const hour = 3_600_000

/** Takes the backup of a fault, puts it back, and has it confirmed, each in its time. */
export const scheduleRestore = (world: World, startMs: number, fault: RestoreFault): void => {
  const { plan, store, struck, time } = world
  const backupMs = startMs + fault.atMs
  const restoreMs = backupMs + fault.afterMs
  time.at(backupMs, () => {
    const backup = store.backUp()
    time.at(restoreMs, () => {
      struck(fault)
      for (const process of world.processes) process.alive = false
      store.restore(backup)
      startWorker(world, 1)
      time.at(restoreMs + fault.forMs, () => {
        confirm(world)
        world.restores.push({ backupMs, restoredMs: restoreMs, confirmedMs: time.nowMs() })
        repeat(world, backupMs)
        for (let worker = 2; worker <= plan.workers; worker++) startWorker(world, worker)
      })
    })
  })
}

/** Two people take the store for the program's own. */
const confirm = ({ ask, setting, store: { verbs }, time }: World): void => {
  const nowMs = time.nowMs()
  const said = { reason: "restored", by: "operator", nowMs, expiresMs: nowMs + hour }
  const { proposal } = ask(verbs.propose({ proposed: { kind: "restore" }, ...said }))
  const { capabilities, policy } = setting
  const outcome = ask(
    verbs.confirmProposal({
      proposalId: proposal.proposalId,
      by: "second operator",
      nowMs,
      terms: {
        qualification: defaultQualificationPolicy,
        expiryMs: null,
        delivery: { capabilities, policy: policy.policy.delivery }
      }
    })
  )
  // A store that was put back and is known all the same: the simulation itself is wrong.
  if (outcome._tag !== "Confirmed") throw new Error(`a restore is not confirmed: ${outcome._tag}`)
}

/** What operators had entered since the backup, they enter again. */
const repeat = ({ ask, optOuts, paused, store: { verbs }, time }: World, sinceMs: number): void => {
  const nowMs = time.nowMs()
  const customerIds = optOuts
    .filter(({ atMs }) => atMs >= sinceMs)
    .map(({ customer }) => SandboxBank.customerId(customer))
  ask(verbs.suppress({ customerIds, reason: "OPTED_OUT", by: "operator", nowMs }))
  ask(verbs.setPause({ state: paused, by: "operator", nowMs }))
}
