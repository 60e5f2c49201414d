/**
 * Notifications, their attempts, receipts, escalations and suppressions: the rows of the delivery
 * protocol. Leases, the settle delay and the carrier's not-before are process time; every other
 * instant is business time.
 */
import type { Migration } from "./Migration.ts"

export const m0002: Migration = {
  version: 2,
  name: "delivery",
  statements: [
    `CREATE TABLE notification (
  program text COLLATE "C" NOT NULL,
  notification_id text COLLATE "C" NOT NULL,
  month text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'active', 'waiting',
    'escalated', 'delivered', 'failed', 'undeliverable', 'withdrawn', 'suppressed', 'expired')),
  reason text COLLATE "C",
  expiry_at timestamptz(3),
  timer_at timestamptz(3),
  ended_at timestamptz(3),
  PRIMARY KEY (program, notification_id),
  UNIQUE (program, month, customer_id)
) WITH (fillfactor = 80)`,
    `CREATE INDEX notification_open ON notification (program, month, state, notification_id)
  WHERE state IN ('held', 'active', 'waiting')`,
    `CREATE INDEX notification_timer ON notification (program, timer_at)
  WHERE timer_at IS NOT NULL`,

    `CREATE TABLE attempt (
  program text COLLATE "C" NOT NULL,
  notification_id text COLLATE "C" NOT NULL,
  n smallint NOT NULL CHECK (n >= 1),
  state text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'claimed', 'submitting', 'unknown',
    'accepted', 'refused', 'void', 'cancelled', 'closed')),
  ambiguous boolean NOT NULL DEFAULT false,
  key_closed boolean NOT NULL DEFAULT false,
  escalated boolean NOT NULL DEFAULT false,
  key_generation integer NOT NULL DEFAULT 1,
  replays integer NOT NULL DEFAULT 0,
  parts integer NOT NULL DEFAULT 0,
  due_at timestamptz(3) NOT NULL,
  first_mark_at timestamptz(3),
  valid_until timestamptz(3),
  negative_at timestamptz(3),
  unknown_since timestamptz(3),
  asked_at timestamptz(3),
  accepted_at timestamptz(3),
  poll_at timestamptz(3),
  carrier_message_id text COLLATE "C",
  failure_category text,
  failure_disposition text,
  failure_code text,
  seen smallint[] NOT NULL DEFAULT '{}',
  outcome text COLLATE "C" NOT NULL DEFAULT 'open'
    CHECK (outcome IN ('open', 'delivered', 'failed', 'partial')),
  fence bigint NOT NULL DEFAULT 0,
  lease_until timestamptz(3),
  worker text,
  batch_id text COLLATE "C",
  incarnation bigint,
  reference text COLLATE "C",
  reference_key_id text,
  sender_id text,
  data_key_id text,
  sealed_to bytea,
  sealed_text bytea,
  PRIMARY KEY (program, notification_id, n),
  FOREIGN KEY (program, notification_id) REFERENCES notification (program, notification_id)
) WITH (fillfactor = 70)`,
    `CREATE INDEX attempt_due ON attempt (program, due_at, notification_id)
      WHERE state = 'pending'`,
    `CREATE INDEX attempt_leased ON attempt (program, lease_until)
  WHERE state IN ('claimed', 'submitting')`,
    `CREATE INDEX attempt_unknown ON attempt (program, unknown_since) WHERE state = 'unknown'`,
    `CREATE INDEX attempt_poll ON attempt (program, poll_at) WHERE poll_at IS NOT NULL`,
    `CREATE UNIQUE INDEX attempt_reference ON attempt (program, reference)
  WHERE reference IS NOT NULL`,
    `CREATE INDEX attempt_carrier_id ON attempt (program, carrier_message_id)
  WHERE carrier_message_id IS NOT NULL`,

    `CREATE TABLE submission_batch (
  program text COLLATE "C" NOT NULL,
  batch_id text COLLATE "C" NOT NULL,
  fence bigint NOT NULL,
  worker text NOT NULL,
  claimed integer NOT NULL,
  claimed_at timestamptz(3) NOT NULL,
  members text[] COLLATE "C",
  marked_at timestamptz(3),
  PRIMARY KEY (program, batch_id)
)`,
    `CREATE INDEX submission_batch_claimed ON submission_batch (program, claimed_at)`,

    `CREATE TABLE receipt_inbox (
  program text COLLATE "C" NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  carrier_account text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  via text NOT NULL,
  reference text COLLATE "C",
  carrier_message_id text COLLATE "C",
  state text NOT NULL,
  part integer NOT NULL,
  parts integer,
  failure_category text,
  failure_disposition text,
  failure_code text,
  received_at timestamptz(3) NOT NULL,
  status text NOT NULL DEFAULT 'new'
    CHECK (status IN ('new', 'folded', 'orphan', 'disputed')),
  folded_at timestamptz(3),
  PRIMARY KEY (program, carrier_account, digest)
)`,
    `CREATE INDEX receipt_inbox_new ON receipt_inbox (program, position) WHERE status = 'new'`,
    `CREATE INDEX receipt_inbox_orphan_reference ON receipt_inbox (program, reference)
  WHERE status = 'orphan'`,
    `CREATE INDEX receipt_inbox_orphan_carrier_id ON receipt_inbox (program, carrier_message_id)
  WHERE status = 'orphan'`,
    `CREATE INDEX receipt_inbox_reference ON receipt_inbox (program, reference)`,

    `CREATE TABLE escalation (
  program text COLLATE "C" NOT NULL,
  escalation_id text COLLATE "C" NOT NULL,
  cause text COLLATE "C" NOT NULL,
  notification_id text COLLATE "C",
  customer_id text COLLATE "C",
  month text COLLATE "C",
  detail text,
  raised_at timestamptz(3) NOT NULL,
  notified_at timestamptz(3),
  resolved_at timestamptz(3),
  resolution text,
  resolved_by text[],
  PRIMARY KEY (program, escalation_id)
)`,
    `CREATE UNIQUE INDEX escalation_open
  ON escalation (program, cause, (coalesce(notification_id, '')), (coalesce(customer_id, '')),
    (coalesce(month, '')))
  WHERE resolved_at IS NULL`,
    `CREATE INDEX escalation_unnotified ON escalation (program, raised_at)
  WHERE notified_at IS NULL`,
    `CREATE INDEX escalation_customer ON escalation (program, customer_id, month)`,

    `CREATE TABLE suppression (
  program text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  since timestamptz(3) NOT NULL,
  suppressed_by text NOT NULL,
  PRIMARY KEY (program, customer_id)
)`
  ]
}
