/**
 * Turns what goes wrong while a workbook is written into the port's error. Nothing else in this
 * package decides what a foreign error means.
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
        detail: "the workbook could not be written",
        cause
      })
