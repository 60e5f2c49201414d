/**
 * What operators do to a month: proposals that wait for a second person, waived dates, declared
 * closures, and messages granted to customers who were wronged.
 */
import type { Migration } from "./Migration.ts"

export const m0003: Migration = {
  version: 3,
  name: "operating",
  statements: [
    // Kinds are the program's, not the schema's: a new one needs no migration.
    `CREATE TABLE proposal (
  program text COLLATE "C" NOT NULL,
  proposal_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  proposed text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  confirmed_by text,
  confirmed_at timestamptz(3),
  PRIMARY KEY (program, proposal_id),
  CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
)`,
    `CREATE INDEX proposal_open ON proposal (program, proposal_id) WHERE confirmed_at IS NULL`,

    // One row per waived date. Month before customer: a page of customers meets few of them.
    `CREATE TABLE waiver (
  program text COLLATE "C" NOT NULL,
  month text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  business_date date NOT NULL,
  reason text NOT NULL,
  waived_by text NOT NULL,
  confirmed_by text NOT NULL,
  waived_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program, month, customer_id, business_date)
)`,

    `CREATE TABLE closure (
  program text COLLATE "C" NOT NULL,
  business_date date NOT NULL,
  reason text NOT NULL,
  declared_by text NOT NULL,
  declared_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program, business_date)
)`,

    // When people last changed the month's evidence by hand: an earlier survey is worth nothing.
    `ALTER TABLE month ADD COLUMN amended_at timestamptz(3)`,

    // A granted message belongs to a customer who did not qualify: it is counted apart.
    `ALTER TABLE notification ADD COLUMN granted boolean NOT NULL DEFAULT false`
  ]
}
