/**
 * Lives through some seeds of `ledger-life.ts` in a process of its own and reports each as a line
 * of JSON. Usage: life-child.js <first> <count> <step>
 */
import { liveLedgers } from '../scenarios/ledger-life.ts'

const [first = 0, count = 1, step = 1] = process.argv.slice(2).map(Number)
let seed = first

// What nobody waits for must not fail unseen: that is a fault of the seed too.
process.on('unhandledRejection', (error) => {
  const complaint = `a rejection that nobody handles: ${String(error)}`
  process.stdout.write(`${JSON.stringify({ seed, broken: [complaint], tail: [] })}\n`, () => {
    process.exit(1)
  })
})

for (let lived = 0; lived < count; lived += 1, seed += step) {
  process.stdout.write(`${JSON.stringify(await liveLedgers({ seed }))}\n`)
}
