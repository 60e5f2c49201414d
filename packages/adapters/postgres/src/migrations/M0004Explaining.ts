/**
 * What a decision needs to be replayed from the store alone, and a message's receipts by either of
 * their names.
 */
import type { Migration } from "./Migration.ts"

export const m0004: Migration = {
  version: 4,
  name: "explaining",
  statements: [
    // The evidence hash is taken over them, and only the bank knew them.
    `ALTER TABLE decision ADD COLUMN opened date, ADD COLUMN closed date`,

    `CREATE INDEX receipt_inbox_carrier_id ON receipt_inbox (program, carrier_message_id)
  WHERE reference IS NULL`
  ]
}
