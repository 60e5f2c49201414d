/**
 * The ledger of a program: runs, balances by month, data-quality issues, months, decisions.
 *
 * Every key begins with the program, so several share a database. Ids sort by bytes (`"C"`), as
 * keyset pages need. Instants are `timestamptz(3)`: milliseconds, as core counts them.
 */
import type { Migration } from "./Migration.ts"

export const m0001: Migration = {
  version: 1,
  name: "ledger",
  statements: [
    // Fences rise over all programs and survive their rows.
    `CREATE SEQUENCE fence AS bigint`,

    `CREATE TABLE program_state (
  program text COLLATE "C" PRIMARY KEY,
  pause text NOT NULL DEFAULT 'none' CHECK (pause IN ('none', 'paused', 'killed')),
  pause_by text,
  pause_at timestamptz(3),
  carrier_not_before timestamptz(3),
  breaker text NOT NULL DEFAULT 'closed' CHECK (breaker IN ('closed', 'open', 'half-open')),
  breaker_until timestamptz(3),
  incarnation bigint NOT NULL DEFAULT 1,
  incarnation_confirmed boolean NOT NULL DEFAULT true
)`,

    `CREATE TABLE run (
  program text COLLATE "C" NOT NULL,
  run_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('capture', 'qualify')),
  key text COLLATE "C" NOT NULL,
  sequence integer NOT NULL CHECK (sequence >= 1),
  fence bigint NOT NULL,
  lease_until timestamptz(3) NOT NULL,
  cursor text,
  page integer NOT NULL DEFAULT 0,
  issues bigint NOT NULL DEFAULT 0,
  balances bigint,
  correlation_id text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  PRIMARY KEY (program, run_id),
  UNIQUE (program, kind, key, sequence)
)`,

    // One row per account, date and revision. The revision in force has no superseded_at; in
    // conflict it counts as missing. The key alone keeps revisions contiguous: 1 is inserted
    // first, the next only under a lock on its predecessor.
    `CREATE TABLE balance_check (
  program text COLLATE "C" NOT NULL,
  account_id text COLLATE "C" NOT NULL,
  business_date date NOT NULL,
  revision smallint NOT NULL CHECK (revision >= 1),
  met boolean NOT NULL,
  conflict boolean NOT NULL DEFAULT false,
  sequence integer NOT NULL,
  page integer NOT NULL,
  minor_units bigint NOT NULL,
  captured_at timestamptz(3) NOT NULL,
  superseded_at timestamptz(3),
  PRIMARY KEY (program, account_id, business_date, revision)
) PARTITION BY RANGE (business_date)`,
    // Rows arrive by date, so block ranges find one date's rows among a month's.
    `CREATE INDEX balance_check_date ON balance_check USING brin (business_date)
  WITH (pages_per_range = 16)`,

    // The key is the hash of what the issue says, so that saying it again is no second issue.
    `CREATE TABLE data_quality_issue (
  program text COLLATE "C" NOT NULL,
  issue_key bytea NOT NULL,
  run_id text COLLATE "C",
  code text COLLATE "C" NOT NULL,
  severity text NOT NULL CHECK (severity IN ('issue', 'alarm')),
  business_date date,
  account_id text COLLATE "C",
  customer_id text COLLATE "C",
  detail text NOT NULL,
  raised_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program, issue_key)
)`,
    `CREATE INDEX data_quality_issue_date ON data_quality_issue (program, business_date)`,

    `CREATE TABLE month (
  program text COLLATE "C" NOT NULL,
  month text COLLATE "C" NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
  status text NOT NULL DEFAULT 'open'
    CHECK (status IN ('open', 'complete', 'decided', 'released', 'closed')),
  content_hash text COLLATE "C",
  approved_hash text COLLATE "C",
  completed_at timestamptz(3),
  decided_at timestamptz(3),
  released_at timestamptz(3),
  closed_at timestamptz(3),
  corrections bigint NOT NULL DEFAULT 0,
  corrections_observed bigint NOT NULL DEFAULT 0,
  population bigint NOT NULL DEFAULT 0,
  qualified bigint NOT NULL DEFAULT 0,
  not_qualified bigint NOT NULL DEFAULT 0,
  undetermined bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (program, month)
)`,

    `CREATE TABLE approval (
  program text COLLATE "C" NOT NULL,
  month text COLLATE "C" NOT NULL,
  content_hash text COLLATE "C" NOT NULL,
  person text COLLATE "C" NOT NULL,
  approved_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program, month, content_hash, person)
)`,

    // The decision in force has no superseded_at. A counterfactual is recorded superseded: after
    // the mark the earlier decision stands.
    `CREATE TABLE decision (
  program text COLLATE "C" NOT NULL,
  month text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  revision integer NOT NULL CHECK (revision >= 1),
  outcome text COLLATE "C" NOT NULL
    CHECK (outcome IN ('Qualified', 'NotQualified', 'Undetermined')),
  reasons text NOT NULL,
  first_reason text COLLATE "C",
  reach text COLLATE "C"
    CHECK (reach IN ('Reachable', 'Unreachable', 'Excluded', 'Unrenderable')),
  reach_reason text,
  observed integer NOT NULL,
  met integer NOT NULL,
  derived integer NOT NULL,
  waived integer NOT NULL,
  account_ids text[] COLLATE "C" NOT NULL,
  evidence_hash bytea NOT NULL,
  policy_hash text NOT NULL,
  notification_id text COLLATE "C",
  cause text,
  counterfactual boolean NOT NULL DEFAULT false,
  decided_at timestamptz(3) NOT NULL,
  superseded_at timestamptz(3),
  PRIMARY KEY (program, month, customer_id, revision),
  CHECK ((outcome = 'Qualified') = (reach IS NOT NULL))
)`,
    `CREATE UNIQUE INDEX decision_current ON decision (program, month, customer_id)
  WHERE superseded_at IS NULL`,
    // Corrections come by account: nearly every customer has one, the rest are found apart. Without
    // program and month, so that nobody takes it for the way to a customer.
    `CREATE INDEX decision_account ON decision ((account_ids[1])) WHERE superseded_at IS NULL`,
    `CREATE INDEX decision_accounts ON decision USING gin (account_ids)
  WHERE superseded_at IS NULL AND cardinality(account_ids) > 1`,

    `CREATE TABLE redecision (
  program text COLLATE "C" NOT NULL,
  month text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  ticket bigint NOT NULL,
  queued_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program, month, customer_id)
)`,
    `CREATE INDEX redecision_ticket ON redecision (program, ticket)`,

    `CREATE TABLE policy (
  program text COLLATE "C" NOT NULL,
  effective_from date NOT NULL,
  hash text COLLATE "C" NOT NULL,
  bytes bytea NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program, effective_from, hash)
)`,

    `CREATE TABLE report (
  program text COLLATE "C" NOT NULL,
  month text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  hash text COLLATE "C" NOT NULL,
  json text NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  issued_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program, month, version)
)`,

    `CREATE TABLE outbox (
  program text COLLATE "C" NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  event_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  version smallint NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  business_date date,
  correlation_id text NOT NULL,
  causation_id text NOT NULL,
  payload text NOT NULL,
  published_at timestamptz(3),
  PRIMARY KEY (program, event_id)
)`,
    `CREATE INDEX outbox_unpublished ON outbox (program, position) WHERE published_at IS NULL`,

    // Inserted unchained; a sealer fills the last three columns in commit order.
    `CREATE TABLE audit_entry (
  program text COLLATE "C" NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  occurred_at timestamptz(3) NOT NULL,
  recorded_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  action text COLLATE "C" NOT NULL,
  subject text NOT NULL,
  detail text NOT NULL,
  chain_position bigint,
  previous_hash bytea,
  hash bytea,
  PRIMARY KEY (program, position)
)`,
    `CREATE INDEX audit_entry_unsealed ON audit_entry (program, position) WHERE hash IS NULL`
  ]
}
