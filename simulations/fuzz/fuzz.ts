/**
 * Many inputs for every decoder. A case is the seed, the decoder's name and a number, and nothing
 * else: it can be run again alone.
 */
import { SeededRandom } from '../world/seeded-random.ts'
import type { Decoder, Input } from './decoder.ts'
import { attempt, examine, type Canary, type Examined } from './examine.ts'
import { Mutator } from './mutator.ts'

/** Faults of one decoder that are told; a broken decoder has as many as cases. */
const FAULTS_MAX = 3

/** What is measured around a case, where measuring is wanted: time and memory differ by machine. */
export interface Watch {
  /** Called before the case; what it returns is called after, and says what was too much. */
  start(input: Input): () => string | undefined
}

export interface FuzzOptions {
  readonly seed: number
  /** Over all decoders, evenly. */
  readonly cases: number
  readonly decoders: readonly Decoder[]
  readonly watch?: Watch
  readonly onDecoder?: (tally: Tally) => void
}

export interface Fault {
  readonly decoder: string
  readonly seed: number
  readonly number: number
  readonly complaint: string
  readonly input: Input
}

export interface Tally {
  readonly decoder: string
  readonly cases: number
  /** How often each verdict was given: `accepted`, or a code. */
  readonly verdicts: ReadonlyMap<string, number>
  readonly faults: readonly Fault[]
}

/** One decoder with its seeds, ready for cases of any number. */
export class Bench {
  readonly #decoder: Decoder
  readonly #seed: number
  readonly #mutator: Mutator
  readonly #canaries: readonly Canary[]

  /** @throws Error where a seed does not decode: then nothing would be tested */
  constructor(decoder: Decoder, seed: number) {
    this.#decoder = decoder
    this.#seed = seed
    const seeds = decoder.seeds(seed)
    this.#mutator = new Mutator(decoder.form, seeds)
    this.#canaries = seeds.map((input) => {
      const outcome = attempt(decoder, input)
      if (outcome.kind === 'value') return { input, value: outcome.value }
      throw new Error(`a seed of ${decoder.name} does not decode`, { cause: outcome.error })
    })
  }

  /** What was examined, and the fault if there is one. */
  run(number: number, watch?: Watch): { examined: Examined; fault: Fault | undefined } {
    const { name } = this.#decoder
    const random = new SeededRandom(`${this.#seed}/${name}/${number}`)
    const input = this.#mutator.next(random)
    const canary = random.pick(this.#canaries)
    const stop = watch?.start(input)
    const examined = examine(this.#decoder, input, canary)
    const complaint = examined.fault ?? stop?.()
    if (complaint === undefined) return { examined, fault: undefined }
    return { examined, fault: { decoder: name, seed: this.#seed, number, complaint, input } }
  }
}

/** Runs every decoder's cases, one decoder after the other. */
export function fuzz(options: FuzzOptions): Tally[] {
  const { decoders, onDecoder } = options
  const cases = Math.ceil(options.cases / decoders.length)
  return decoders.map((decoder) => {
    const tally = runCases(decoder, cases, options)
    onDecoder?.(tally)
    return tally
  })
}

function runCases(decoder: Decoder, cases: number, { seed, watch }: FuzzOptions): Tally {
  const bench = new Bench(decoder, seed)
  const verdicts = new Map<string, number>()
  const faults: Fault[] = []
  let number = 0
  for (; number < cases && faults.length < FAULTS_MAX; number += 1) {
    const { examined, fault } = bench.run(number, watch)
    verdicts.set(examined.verdict, (verdicts.get(examined.verdict) ?? 0) + 1)
    if (fault) faults.push(fault)
  }
  return { decoder: decoder.name, cases: number, verdicts, faults }
}
