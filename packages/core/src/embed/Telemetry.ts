/**
 * The host's logger and tracer in place of Effect's. Without a logger nothing is printed: a library
 * does not write on its host's console.
 *
 * **Source** — architecture, Embedding.
 */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import type { HostLogger, HostSpan, HostTracer } from "./HostPorts.ts"

/** Both hooks; what the host leaves out is silent. */
export const layer = (
  logger: HostLogger | undefined,
  tracer: HostTracer | undefined
): Layer.Layer<never> =>
  Layer.mergeAll(
    Logger.layer(logger === undefined ? [] : [toHost(logger)]),
    Layer.succeed(References.MinimumLogLevel, "Debug"),
    tracer === undefined ? Layer.empty : Layer.succeed(Tracer.Tracer, toTracer(tracer))
  )

const toHost = (logger: HostLogger) =>
  Logger.make<unknown, void>(({ cause, logLevel, message }) => {
    const parts: ReadonlyArray<unknown> = Array.isArray(message) ? message : [message]
    const words = parts.filter((part) => typeof part === "string")
    const fields: Record<string, unknown> = {}
    for (const part of parts)
      if (typeof part === "object" && part !== null) Object.assign(fields, part)
    if (cause.reasons.length > 0) fields["error"] = nameOf(Cause.squash(cause))
    logger[levels[logLevel] ?? "info"](words.join(" "), fields)
  })

/** The name alone: a message made elsewhere may quote what must not be logged. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)

const levels: Readonly<Record<string, keyof HostLogger>> = {
  Fatal: "error",
  Error: "error",
  Warn: "warn",
  Info: "info",
  Debug: "debug",
  Trace: "debug"
}

const hostSpans = new WeakMap<object, HostSpan>()

const toTracer = (host: HostTracer): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const parent = Option.getOrUndefined(options.parent)
      const started = host.startSpan(
        options.name,
        parent === undefined ? undefined : hostSpans.get(parent)
      )
      const span = spanOf(options, started)
      hostSpans.set(span, started)
      return span
    }
  })

type SpanOptions = Parameters<Tracer.Tracer["span"]>[0]

let spans = 0

const spanOf = (options: SpanOptions, host: HostSpan): Tracer.Span => {
  const attributes = new Map<string, unknown>()
  const links = [...options.links]
  let status: Tracer.SpanStatus = { _tag: "Started", startTime: options.startTime }
  spans++
  return {
    _tag: "Span",
    name: options.name,
    // The host's tracer has ids of its own; these only tell spans of this process apart.
    spanId: spans.toString(16).padStart(16, "0"),
    traceId: "0".repeat(32),
    parent: options.parent,
    annotations: options.annotations,
    attributes,
    links,
    sampled: options.sampled,
    kind: options.kind,
    get status() {
      return status
    },
    attribute: (name, value) => {
      attributes.set(name, value)
      if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
        host.setAttribute(name, value)
      }
    },
    event: () => {},
    addLinks: (more) => {
      links.push(...more)
    },
    end: (endTime, exit) => {
      status = { _tag: "Ended", startTime: options.startTime, endTime, exit }
      if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) {
        const error = Cause.squash(exit.cause)
        if (error instanceof Error) host.recordException?.(error)
      }
      host.end()
    }
  }
}
