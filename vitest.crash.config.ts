import { configDefaults, defineConfig } from "vitest/config"
import everyday from "./vitest.config.ts"

/**
 * Real processes, killed and paused: minutes, so a command and a CI step of their own. Most of it
 * is waiting for leases, so that two files at a time fit on any machine; more miss their deadlines.
 */
export default defineConfig({
  ...everyday,
  test: {
    ...everyday.test,
    include: ["packages/**/test/**/*.crash.test.ts"],
    exclude: configDefaults.exclude,
    maxWorkers: 2
  }
})
