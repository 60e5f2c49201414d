/**
 * Where domain events leave to.
 *
 * **Guarantee** — at least once: a crash after publishing and before the outbox row is marked
 * publishes it again, so consumers keep an inbox by event id. **Ordering** — as committed.
 *
 * **Source** — original architecture §5; product rules, The stages.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { DomainEvent } from "../events/DomainEvent.ts"

export class EventPublisherError extends Schema.TaggedError<EventPublisherError>()(
  "EventPublisherError",
  {
    reason: Schema.Literals(["Unavailable", "Timeout", "Refused"]),
    detail: Schema.String,
    cause: Schema.optionalKey(Schema.Defect())
  }
) {
  get isRetryable(): boolean {
    return this.reason !== "Refused"
  }
  override get message(): string {
    return `event publisher: ${this.reason}: ${this.detail}`
  }
}

export class EventPublisher extends Context.Service<
  EventPublisher,
  {
    /** All of them, in order, or an error; some may have left already when it fails. */
    readonly publish: (
      events: ReadonlyArray<DomainEvent>
    ) => Effect.Effect<void, EventPublisherError>
  }
>()("@tidemark/core/ports/EventPublisher") {
  /** Keeps everything published in the given list. */
  static readonly layerMemory = (
    published: Ref.Ref<ReadonlyArray<DomainEvent>>
  ): Layer.Layer<EventPublisher> =>
    Layer.succeed(EventPublisher, {
      publish: (events) => Ref.update(published, (before) => [...before, ...events])
    })

  /** For programs whose events interest nobody else. */
  static readonly layerDiscard: Layer.Layer<EventPublisher> = Layer.succeed(EventPublisher, {
    publish: () => Effect.void
  })
}
