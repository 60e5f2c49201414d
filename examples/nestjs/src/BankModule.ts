/** What the bank's service has anyway: its own pool, its clients of the core system and carrier. */
import { Global, Module, type OnApplicationShutdown } from "@nestjs/common"
import { SandboxHost } from "@tidemark/core/sandbox"
import { Pool } from "pg"

/** Ended by the application once everything that uses it has closed. */
export class BankPool extends Pool implements OnApplicationShutdown {
  constructor() {
    super({ connectionString: process.env["DATABASE_URL"], max: 4 })
    // Without a listener the loss of an idle connection ends any process that uses pg.
    this.on("error", (error) => console.error(error.message))
  }

  onApplicationShutdown(): Promise<void> {
    return this.end()
  }
}

/** A sandbox stands for the core system and the carrier. */
export class BankClients {
  readonly sandbox = SandboxHost.make({ month: "2026-09", customers: 20 })

  /** A sandbox lives in a time of its own; with a real carrier there is none to give. */
  now(): string | undefined {
    const now = "2026-10-05T06:00:00.000Z"
    this.sandbox.tell(now)
    return now
  }
}

@Global()
@Module({ providers: [BankPool, BankClients], exports: [BankPool, BankClients] })
export class BankModule {}
