/** The circuit breaker's count of failures, and the version two workers compare and set. */
import type { Migration } from "./Migration.ts"

export const m0005: Migration = {
  version: 5,
  name: "circuit",
  statements: [
    `ALTER TABLE program_state ADD COLUMN breaker_failures integer NOT NULL DEFAULT 0,
  ADD COLUMN breaker_version bigint NOT NULL DEFAULT 0`
  ]
}
