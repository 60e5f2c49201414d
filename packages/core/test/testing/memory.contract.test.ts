import * as Effect from "effect/Effect"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import { closingBalancesContract } from "../../src/testing/ClosingBalancesContract.ts"
import { customersContract } from "../../src/testing/CustomersContract.ts"
import * as ClosingBalancesMemory from "../../src/testing/ClosingBalancesMemory.ts"
import * as CustomersMemory from "../../src/testing/CustomersMemory.ts"
import * as SmsCarrierMemory from "../../src/testing/SmsCarrierMemory.ts"
import { smsCarrierContract } from "../../src/testing/SmsCarrierContract.ts"

smsCarrierContract("memory", ({ script, nowMs }) =>
  Effect.sync(() => SmsCarrierMemory.make({ script }, nowMs))
)

const months = [CalendarMonth.parse("2026-09")].filter((month) => month !== undefined)

closingBalancesContract("memory", ({ nowMs, ...options }) =>
  Effect.sync(() => ClosingBalancesMemory.make({ ...options, months }, nowMs))
)

customersContract("memory", ({ month, ...options }) =>
  Effect.sync(() => ({ customers: CustomersMemory.make({ ...options, months: [month] }) }))
)
