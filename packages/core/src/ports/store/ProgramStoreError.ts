/**
 * How a verb of the program store fails.
 *
 * **Source** — architecture, Ports and Storage.
 */
import * as Schema from "effect/Schema"

export class ProgramStoreError extends Schema.TaggedError<ProgramStoreError>()(
  "ProgramStoreError",
  {
    reason: Schema.Literals([
      "Unavailable",
      "Conflict",
      "Timeout",
      "CommitUnknown",
      "ReadOnly",
      "SchemaMismatch",
      "Locked",
      "Corrupt",
      "Restored"
    ]),
    detail: Schema.String,
    cause: Schema.optionalKey(Schema.Defect())
  }
) {
  /** Whether the same verb may succeed later without anybody's help. */
  get isRetryable(): boolean {
    return (
      this.reason === "Unavailable" ||
      this.reason === "Conflict" ||
      this.reason === "Timeout" ||
      this.reason === "CommitUnknown"
    )
  }
  override get message(): string {
    return `program store: ${this.reason}: ${this.detail}`
  }
}
