/**
 * Fewer writes on a message's way: receipts that wait to be folded in a table of their own, and no
 * index entry or key check that nothing needs.
 */
import type { Migration } from "./Migration.ts"

export const m0007: Migration = {
  version: 7,
  name: "hot paths",
  statements: [
    // The queue of receipts to fold; a row is deleted when its receipt is folded or laid aside.
    `CREATE TABLE receipt_waiting (
  program text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  carrier_account text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  reference text COLLATE "C",
  carrier_message_id text COLLATE "C",
  state text NOT NULL,
  part integer NOT NULL,
  parts integer,
  failure_category text,
  failure_disposition text,
  failure_code text,
  PRIMARY KEY (program, position)
)`,
    `INSERT INTO receipt_waiting (program, position, carrier_account, digest, reference,
    carrier_message_id, state, part, parts, failure_category, failure_disposition, failure_code)
  SELECT program, position, carrier_account, digest, reference, carrier_message_id, state, part,
    parts, failure_category, failure_disposition, failure_code
  FROM receipt_inbox WHERE status = 'new'`,
    // In the inbox a receipt is folded unless it was laid aside or still waits.
    `UPDATE receipt_inbox SET status = 'folded' WHERE status = 'new'`,
    `ALTER TABLE receipt_inbox ALTER COLUMN status SET DEFAULT 'folded',
  DROP CONSTRAINT receipt_inbox_status_check,
  ADD CONSTRAINT receipt_inbox_status_check CHECK (status IN ('folded', 'orphan', 'disputed')),
  DROP COLUMN folded_at`,
    `DROP INDEX receipt_inbox_new`,

    // Attempts are added under the lock of their notification, which is never deleted.
    `ALTER TABLE attempt DROP CONSTRAINT attempt_program_notification_id_fkey`
  ]
}
