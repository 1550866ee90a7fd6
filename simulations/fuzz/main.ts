/**
 * Mutated input for every decoder: `npm run torture:fuzz -- [--cases N] [--seed N]`.
 *
 * What has failed says the command that runs that case alone: `--decoder <name> --case <number>`
 * with its seed. Exit status 0 without a finding, 1 with one, 2 where the arguments make no sense.
 */
import { toHex } from '../../crypto/bytes.ts'
import { optionOf, table } from '../bench/report.ts'
import type { Decoder, Input } from './decoder.ts'
import { Bench, fuzz, type Fault, type Tally } from './fuzz.ts'
import { measured } from './measure.ts'
import { DECODERS } from './registry.ts'

const CASES = 1_000_000

/** What is shown of an input, bytes or characters. */
const SHOWN_MAX = 400

process.exitCode = main(process.argv.slice(2))

function main(argv: readonly string[]): number {
  const seed = whole(argv, '--seed', 1)
  const cases = whole(argv, '--cases', CASES)
  const number = whole(argv, '--case', -1)
  const name = optionOf(argv, '--decoder')
  const decoders = DECODERS.filter((decoder) => name === undefined || decoder.name === name)
  const [only] = decoders
  if (!only || [seed, cases, number].includes(Number.NaN)) {
    console.error('usage: [--cases N] [--seed N] [--decoder <name> [--case N]]')
    return 2
  }
  return number >= 0 && name !== undefined
    ? replay(only, seed, number)
    : runAll(decoders, seed, cases)
}

function runAll(decoders: readonly Decoder[], seed: number, cases: number): number {
  const startedAt = performance.now()
  let done = 0
  const tallies = fuzz({
    seed,
    cases,
    decoders,
    watch: measured,
    onDecoder({ decoder, cases: ran, faults }) {
      done += ran
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
      console.log(`${seconds} s: ${done} cases, ${decoder} done, ${faults.length} faults`)
      for (const fault of faults) print(fault)
    },
  })
  console.log(`\n${table([['', 'cases', 'accepted', 'refused as'], ...tallies.map(row)])}`)
  const faults = tallies.flatMap((tally) => tally.faults)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  const memory = Math.round(process.resourceUsage().maxRSS / 1_024)
  console.log(
    `\n${done} cases, ${decoders.length} decoders, seed ${seed}: ${faults.length} faults, ` +
      `${seconds} s, ${memory} MiB at most`,
  )
  return faults.length === 0 ? 0 : 1
}

function replay(decoder: Decoder, seed: number, number: number): number {
  const { examined, fault } = new Bench(decoder, seed).run(number, measured)
  if (fault) print(fault)
  else console.log(`${decoder.name}, case ${number}: ${examined.verdict}, no fault`)
  return fault ? 1 : 0
}

function print({ decoder, seed, number, complaint, input }: Fault): void {
  console.error(`\n${decoder}: ${complaint}`)
  console.error(`  input, ${input.length} long: ${shown(input)}`)
  console.error(`  npm run torture:fuzz -- --decoder ${decoder} --seed ${seed} --case ${number}\n`)
}

function row({ decoder, cases, verdicts }: Tally): string[] {
  const accepted = verdicts.get('accepted') ?? 0
  const codes = [...verdicts.keys()].filter((verdict) => verdict !== 'accepted').sort()
  return [decoder, String(cases), String(accepted), codes.join(' ')]
}

function shown(input: Input): string {
  if (typeof input !== 'string') return toHex(input.subarray(0, SHOWN_MAX))
  return JSON.stringify(input.slice(0, SHOWN_MAX))
}

/** NaN for what is no whole number from 0 on. */
function whole(argv: readonly string[], name: string, otherwise: number): number {
  const given = optionOf(argv, name)
  if (given === undefined) return argv.includes(name) ? Number.NaN : otherwise
  return /^[0-9]{1,15}$/.test(given) ? Number(given) : Number.NaN
}
