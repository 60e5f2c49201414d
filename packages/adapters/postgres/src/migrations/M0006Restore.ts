/** When the database was last taken for a restored one, and whose messages are asked about first. */
import type { Migration } from "./Migration.ts"

export const m0006: Migration = {
  version: 6,
  name: "restore",
  statements: [
    // Business time of the last restore: messages of months before it may have been lost with it.
    `ALTER TABLE program_state ADD COLUMN restored_at timestamptz(3)`,
    `ALTER TABLE notification ADD COLUMN quarantine_since timestamptz(3)`
  ]
}
