import * as Effect from "effect/Effect"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import { closingBalancesContract } from "../../src/testing/ClosingBalancesContract.ts"
import { customersContract } from "../../src/testing/CustomersContract.ts"
import * as SandboxBankMemory from "../../src/testing/SandboxBankMemory.ts"
import * as SandboxCarrierMemory from "../../src/testing/SandboxCarrierMemory.ts"
import { smsCarrierContract } from "../../src/testing/SmsCarrierContract.ts"

smsCarrierContract("memory", ({ script, nowMs }) =>
  Effect.sync(() => SandboxCarrierMemory.make({ script }, nowMs))
)

const months = [CalendarMonth.parse("2026-09")].filter((month) => month !== undefined)

closingBalancesContract("memory", ({ nowMs, ...options }) =>
  Effect.sync(() => SandboxBankMemory.make({ ...options, months }, nowMs))
)

customersContract("memory", ({ month, ...options }) =>
  Effect.sync(() => SandboxBankMemory.make({ ...options, months: [month] }, 0))
)
