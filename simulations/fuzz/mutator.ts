/**
 * Inputs that are nearly right, made from right ones by a seed: like Jazzer's and libFuzzer's
 * mutators, without their feedback, so that a case is known by its number alone.
 */
import type { SeededRandom } from '../world/seeded-random.ts'
import type { Form, Input } from './decoder.ts'
import { BYTE_MUTATIONS } from './mutate-bytes.ts'
import { MESSAGE_MUTATIONS } from './mutate-message.ts'
import { TEXT_MUTATIONS } from './mutate-text.ts'

/** Longest input, bytes or characters: over all limits but a frame's, and still fast to make. */
const INPUT_LENGTH_MAX = 131_072

/** Chance of each further mutation: most inputs have one or two things wrong, some have many. */
const MORE = 0.45

/** Chance of an input that was made from nothing. */
const NOISE = 0.01

const NOISE_BYTES_MAX = 300

export class Mutator {
  readonly #form: Form
  readonly #texts: readonly string[]
  readonly #bytes: readonly Uint8Array[]

  /** `seeds`: at least one, all of the form's kind. */
  constructor(form: Form, seeds: readonly Input[]) {
    this.#form = form
    this.#texts = seeds.filter((seed) => typeof seed === 'string')
    this.#bytes = seeds.filter((seed) => typeof seed !== 'string')
  }

  next(random: SeededRandom): Input {
    return this.#form === 'text' ? this.#nextText(random) : this.#nextBytes(random)
  }

  #nextText(random: SeededRandom): string {
    if (random.chance(NOISE)) return String.fromCharCode(...noise(random))
    let text = random.pick(this.#texts)
    do {
      text = random.pick(TEXT_MUTATIONS)(text, random, this.#texts).slice(0, INPUT_LENGTH_MAX)
    } while (random.chance(MORE))
    return text
  }

  #nextBytes(random: SeededRandom): Uint8Array {
    if (random.chance(NOISE)) return noise(random)
    const isMessage = this.#form === 'message'
    // A copy, so that no input shares its memory with a seed.
    let bytes = random.pick(this.#bytes).slice()
    do {
      const mutations = isMessage && random.chance(0.6) ? MESSAGE_MUTATIONS : BYTE_MUTATIONS
      bytes = random.pick(mutations)(bytes, random, this.#bytes).slice(0, INPUT_LENGTH_MAX)
    } while (random.chance(MORE))
    return bytes
  }
}

function noise(random: SeededRandom): Uint8Array {
  const bytes = random.bytes(random.integer(NOISE_BYTES_MAX))
  if (bytes.length > 0 && random.chance(0.7)) bytes[0] = 1
  return bytes
}
