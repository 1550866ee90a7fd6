/**
 * One input, and everything that must be true of a decoder whatever the input is.
 *
 * It gives a value or one of the errors that it names, the same ones again the second time; it
 * leaves its input, every prototype and its own next answers as they were; what it gives is not
 * much larger than what it was given, and survives being encoded.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Decoder, Input } from './decoder.ts'
import { weightOf } from './weight.ts'

/**
 * How much larger than its input a value may be. One byte can be an empty list in a list, which is
 * an object and a slot, or a whole record of one empty list.
 */
const GROWTH_MAX = 160

/** And what is always allowed, bytes: a frame reader's first room, a pool that a hash stands in. */
const FREE_BYTES = 65_536

/** Faults of a program, not findings about an input, wherever in a chain of causes they stand. */
const PROGRAM_FAULTS = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError]

/** A seed of the decoder, and what it gave before anything else was decoded. */
export interface Canary {
  readonly input: Input
  readonly value: unknown
}

export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown }

export interface Examined {
  /** What is wrong; undefined where all promises hold. */
  readonly fault: string | undefined
  /** `accepted`, or the code of the refusal. */
  readonly verdict: string
}

export function examine(decoder: Decoder, input: Input, canary: Canary): Examined {
  const before = copyOf(input)
  const outcome = attempt(decoder, input)
  const again = attempt(decoder, input)
  const fault =
    (outcome.kind === 'error' ? errorFault(decoder, outcome.error) : undefined) ??
    (isSame(outcome, again) ? undefined : 'decodes differently the second time') ??
    (isDeepStrictEqual(before, input) ? undefined : 'changes its input') ??
    (outcome.kind === 'value' ? valueFault(decoder, input, outcome.value) : undefined) ??
    canaryFault(decoder, canary) ??
    prototypeFault()
  return { fault, verdict: outcome.kind === 'value' ? 'accepted' : codeOf(outcome.error) }
}

export function attempt(decoder: Decoder, input: Input): Outcome {
  try {
    return { kind: 'value', value: decoder.decode(input) }
  } catch (error) {
    return { kind: 'error', error }
  }
}

function errorFault({ refuses, isForeign }: Decoder, error: unknown): string | undefined {
  const refusal = refuses.find(({ type }) => error instanceof type)
  if (!refusal) return `throws ${describe(error)}`
  if (!refusal.codes.includes(codeOf(error))) {
    return `throws ${describe(error)}, which it does not name`
  }
  if (isForeign) return undefined
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (PROGRAM_FAULTS.some((type) => cause instanceof type)) return `hides ${describe(cause)}`
  }
  return undefined
}

function valueFault(decoder: Decoder, input: Input, value: unknown): string | undefined {
  const { bytes, buffers } = weightOf(value)
  if (bytes > FREE_BYTES + GROWTH_MAX * input.length) {
    return `makes ${bytes} bytes of ${input.length}`
  }
  if (decoder.form === 'message' && typeof input !== 'string' && buffers.has(input.buffer)) {
    return 'gives a view of its input'
  }
  return decoder.encode && roundTripFault(decoder, decoder.encode, input, value)
}

function roundTripFault(
  decoder: Decoder,
  encode: NonNullable<Decoder['encode']>,
  input: Input,
  value: unknown,
): string | undefined {
  try {
    const encoded = encode(value)
    if (decoder.isCanonical && !isDeepStrictEqual(encoded, input)) {
      return 'takes a second spelling of a value'
    }
    const back = decoder.decode(encoded)
    return isDeepStrictEqual(back, value) ? undefined : 'comes back as another value'
  } catch (error) {
    return `does not come back: ${describe(error)}`
  }
}

function canaryFault(decoder: Decoder, { input, value }: Canary): string | undefined {
  const now = attempt(decoder, input)
  if (now.kind === 'error') return `does not decode a seed any more: ${describe(now.error)}`
  return isDeepStrictEqual(now.value, value) ? undefined : 'decodes a seed to another value now'
}

/** Taken when this file is loaded: what an object has before any input was seen. */
const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, Uint8Array.prototype]
const NAMES = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length)

function prototypeFault(): string | undefined {
  const isChanged = PROTOTYPES.some((one, at) => Reflect.ownKeys(one).length !== NAMES[at])
  return isChanged ? 'adds to a prototype' : undefined
}

function isSame(one: Outcome, other: Outcome): boolean {
  if (one.kind === 'value')
    return other.kind === 'value' && isDeepStrictEqual(one.value, other.value)
  return other.kind === 'error' && describe(one.error) === describe(other.error)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'untyped'
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `something that is no error: ${String(error)}`
  return `${error.name} (${codeOf(error)}): ${error.message.slice(0, 200)}`
}

function copyOf(input: Input): Input {
  return typeof input === 'string' ? input : input.slice()
}
