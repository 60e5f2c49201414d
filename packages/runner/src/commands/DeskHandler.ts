/**
 * `suppress`, `pause`, `resume` and `escalations`: what an operations desk does.
 *
 * **Guarantee** — what can send again takes two people; bad input changes nothing.
 *
 * **Source** — surfaces, command line; delivery protocol 1.2 (two people).
 */
import { type EscalationRow, ProgramStore, Proposing } from "@tidemark/core/effect"
import { Instant } from "@tidemark/core/rules"
import { Escalation } from "@tidemark/core/rules/delivery"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as BusinessTime from "../BusinessTime.ts"
import * as Operate from "../Operate.ts"
import type { CommandContext } from "../TerminalCommand.ts"
import { BadInput } from "../TerminalFailure.ts"
import { businessMs, said } from "./PeopleInput.ts"
import * as ProposalWords from "./ProposalWords.ts"

type Output = Pick<CommandContext, "json" | "out">

interface Who extends BusinessTime.NowFlag {
  readonly by: string
}

const refuse = (reason: string) => Effect.fail(new BadInput({ reason }))

const idsOf = (text: string): ReadonlyArray<string> =>
  Array.from(new Set(text.split(",").map((id) => said("customer", id))))

/** Pages of what is listed. */
const pageSize = 500

/** The work of `suppress add`. */
export const suppressing = (
  input: Who & { readonly customers: string; readonly reason: string },
  { json, out }: Output
) => {
  const customerIds = idsOf(input.customers)
  const by = said("by", input.by)
  return Effect.gen(function* () {
    const store = yield* ProgramStore
    const nowMs = yield* businessMs(input)
    const { added } = yield* store.suppress({ customerIds, reason: input.reason, by, nowMs })
    if (json) return out.json({ added, known: customerIds.length - added })
    out.line(`${added} suppressed, ${customerIds.length - added} were already`)
  })
}

/** The work of `suppress remove`. */
export const unsuppressing = (input: Who & { readonly customers: string }, context: Output) => {
  const customerIds = idsOf(input.customers)
  const by = said("by", input.by)
  return Effect.gen(function* () {
    const store = yield* ProgramStore
    const nowMs = yield* businessMs(input)
    const { removed } = yield* store.unsuppress({ customerIds, by, nowMs })
    if (context.json) return context.out.json({ removed })
    context.out.line(`${removed} lifted, ${customerIds.length - removed} were not suppressed`)
  })
}

/** The work of `suppress list`. */
export const listingSuppressions = Effect.fnUntraced(function* ({ json, out }: Output) {
  const store = yield* ProgramStore
  let after: string | null = null
  for (;;) {
    const page: Effect.Success<ReturnType<typeof store.suppressions>> = yield* store.suppressions({
      after,
      limit: pageSize
    })
    for (const { customerId, reason, sinceMs } of page) {
      const since = Instant.toIso(sinceMs)
      if (json) out.json({ customerId, reason, since })
      else out.line(`${customerId}  ${reason}  since ${since}`)
    }
    if (after === null && page.length === 0 && !json) out.line("nobody is suppressed")
    if (page.length < pageSize) return
    after = page.at(-1)?.customerId ?? null
  }
})

const paused = {
  none: "resumed: what is due is submitted by the next `tidemark dispatch` or `tidemark tick`",
  paused: "paused: nothing is submitted until `tidemark resume`",
  killed: "stopped: nothing is submitted until `tidemark resume`"
} as const

/** The work of `pause` and `resume`. */
export const pausing = (input: Who, state: keyof typeof paused, { json, out }: Output) => {
  const by = said("by", input.by)
  return Effect.gen(function* () {
    const store = yield* ProgramStore
    const nowMs = yield* businessMs(input)
    yield* store.setPause({ state, by, nowMs })
    if (json) out.json({ state })
    else out.line(paused[state])
  })
}

/** What may be decided about an item; a cause without a message is one person's to close. */
const actionsFor = (cause: string): ReadonlyArray<"resend" | "close"> => {
  const known = Escalation.decidedByTwo.find((one) => one === cause)
  if (known === undefined) return ["close"]
  return Escalation.actionsFor(known).filter((action) => action !== "acknowledge")
}

const eachEscalation = Effect.fnUntraced(function* (
  openOnly: boolean,
  use: (row: EscalationRow) => boolean
) {
  const store = yield* ProgramStore
  let after: string | null = null
  for (;;) {
    const page: ReadonlyArray<EscalationRow> = yield* store.escalations({
      openOnly,
      after,
      limit: pageSize
    })
    for (const row of page) if (!use(row)) return
    if (page.length < pageSize) return
    after = page.at(-1)?.escalationId ?? null
  }
})

/** The work of `escalations list`. */
export const listingEscalations = (input: { readonly all: boolean }, { json, out }: Output) =>
  Effect.gen(function* () {
    let count = 0
    yield* eachEscalation(!input.all, (row) => {
      count++
      const actions = row.resolvedMs === null ? actionsFor(row.cause) : []
      const raisedAt = Instant.toIso(row.raisedMs)
      const resolvedAt = row.resolvedMs === null ? null : Instant.toIso(row.resolvedMs)
      const { cause, customerId, detail, escalationId: id, month } = row
      if (json) {
        out.json({ id, cause, customerId, month, detail, raisedAt, resolvedAt, actions })
      } else {
        const about = customerId === null ? "" : `  customer ${customerId}, ${month}`
        const standing = resolvedAt === null ? actions.join(" or ") : `resolved ${resolvedAt}`
        out.line(`${id}  ${cause}${about}  raised ${raisedAt}  ${standing}`)
        if (detail !== null) out.line(`  ${detail}`)
      }
      return true
    })
    if (count === 0 && !json) out.line("nothing waits for people")
  })

/** The flags of `escalations resolve`. */
export interface ResolveInput extends Who {
  readonly id: Option.Option<string>
  readonly cause: Option.Option<string>
  readonly action: "resend" | "close"
  readonly reason: string
}

/** The work of `escalations resolve`. */
export const resolving = (input: ResolveInput, context: Output) => {
  const id = Option.getOrUndefined(input.id)
  const asked = Option.getOrUndefined(input.cause)
  if ((id === undefined) === (asked === undefined)) {
    throw new BadInput({ reason: "name either one escalation or --cause" })
  }
  const by = said("by", input.by)
  const reason = said("reason", input.reason)
  return Effect.gen(function* () {
    const nowMs = yield* businessMs(input)
    let cause: string | undefined
    yield* eachEscalation(true, (row) => {
      if (row.escalationId === id || row.cause === asked) ({ cause } = row)
      return cause === undefined
    })
    if (cause === undefined) {
      return yield* refuse(`${id ?? asked}: no such escalation is open; see \`escalations list\``)
    }
    const actions = actionsFor(cause)
    if (!actions.includes(input.action)) {
      return yield* refuse(`--action ${input.action}: of ${cause} only ${actions.join(" or ")}`)
    }
    const byTwo = Escalation.decidedByTwo.find((one) => one === cause)
    if (byTwo === undefined) return yield* acknowledge({ id, cause, by, nowMs }, context)
    const about =
      id === undefined
        ? ({ escalationId: null, cause: byTwo } as const)
        : ({ escalationId: id, cause: null } as const)
    const { action } = input
    const { proposal } = yield* Proposing.resolve({ action, about, by, reason, nowMs })
    if (context.json) {
      return context.out.json({ outcome: "proposed", ...ProposalWords.jsonOf(proposal) })
    }
    const words = ProposalWords.wordsOf(proposal.proposed)
    context.out.line(`proposed ${proposal.proposalId}: ${words}`)
    context.out.line(ProposalWords.nextOf(proposal))
  })
}

const acknowledge = Effect.fnUntraced(function* (
  {
    by,
    cause,
    id,
    nowMs
  }: {
    readonly id: string | undefined
    readonly cause: string
    readonly by: string
    readonly nowMs: number
  },
  { json, out }: Output
) {
  const store = yield* ProgramStore
  const one = id === undefined ? { escalationId: null, cause } : { escalationId: id, cause: null }
  const input = { ...one, raisedUntilMs: nowMs, by, nowMs }
  const { acknowledged } = yield* store.acknowledgeEscalations(input)
  if (json) out.json({ outcome: "closed", cause, closed: acknowledged })
  else out.line(`closed ${acknowledged} of ${cause}: their messages have ended`)
})

export const suppress = (input: Parameters<typeof suppressing>[0], context: CommandContext) =>
  Operate.withEverything(context, suppressing(input, context))

export const unsuppress = (input: Parameters<typeof unsuppressing>[0], context: CommandContext) =>
  Operate.withEverything(context, unsuppressing(input, context))

export const suppressions = (_: object, context: CommandContext): Promise<void> =>
  Operate.withEverything(context, listingSuppressions(context))

export const pause = (
  input: Who & { readonly kill: boolean },
  context: CommandContext
): Promise<void> =>
  Operate.withEverything(context, pausing(input, input.kill ? "killed" : "paused", context))

export const resume = (input: Who, context: CommandContext): Promise<void> =>
  Operate.withEverything(context, pausing(input, "none", context))

export const escalations = (
  input: { readonly all: boolean },
  context: CommandContext
): Promise<void> => Operate.withEverything(context, listingEscalations(input, context))

export const resolve = async (input: ResolveInput, context: CommandContext): Promise<void> =>
  Operate.withEverything(context, resolving(input, context))
