/**
 * Turns what goes wrong while a document is set into the port's error. Nothing else in this package
 * decides what a foreign error means.
 *
 * **Source** — architecture, Ports.
 */
import { ReportRendererError } from "@tidemark/core/effect"

/** The port's own errors as they are; whatever else was thrown as `Failed`, without its text. */
export const classifyError = (cause: unknown): ReportRendererError =>
  cause instanceof ReportRendererError
    ? cause
    : new ReportRendererError({
        reason: "Failed",
        detail: "the document could not be set",
        cause
      })
