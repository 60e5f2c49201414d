/**
 * The people who are told when something needs a decision.
 *
 * **Guarantee** — at least once per escalation. **Idempotency** — by `escalationId`.
 *
 * **Source** — original architecture §3.4 (escalate to operations); product rules, Dispositions.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"

/** Carries no personal data: a customer is named by the bank's own id. */
export interface OperationsNotice {
  readonly escalationId: string
  readonly cause: string
  readonly customerId: string | null
  readonly month: string | null
  readonly text: string
}

export class OperationsError extends Schema.TaggedError<OperationsError>()("OperationsError", {
  reason: Schema.Literals(["Unavailable", "Refused"]),
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  get isRetryable(): boolean {
    return this.reason === "Unavailable"
  }
  override get message(): string {
    return `operations: ${this.reason}: ${this.detail}`
  }
}

export class Operations extends Context.Service<
  Operations,
  {
    readonly notify: (
      notices: ReadonlyArray<OperationsNotice>
    ) => Effect.Effect<void, OperationsError>
  }
>()("@tidemark/core/ports/Operations") {
  /** Keeps every notice in the given list, once per `escalationId`. */
  static readonly layerMemory = (
    kept: Ref.Ref<ReadonlyArray<OperationsNotice>>
  ): Layer.Layer<Operations> =>
    Layer.succeed(Operations, {
      notify: (notices) =>
        Ref.update(kept, (before) => {
          const known = new Set(before.map(({ escalationId }) => escalationId))
          const isNew = ({ escalationId }: OperationsNotice) =>
            !known.has(escalationId) && known.add(escalationId)
          return [...before, ...notices.filter(isNew)]
        })
    })

  /** Writes one log line per notice. */
  static readonly layerLog: Layer.Layer<Operations> = Layer.succeed(Operations, {
    notify: (notices) =>
      Effect.forEach(notices, (notice) => Effect.logWarning(notice.text, { cause: notice.cause }), {
        discard: true
      })
  })
}
