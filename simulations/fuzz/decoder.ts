/**
 * What is fuzzed: a function that takes bytes or text of a stranger, with everything that is
 * promised of it.
 */
export type Input = Uint8Array | string

/** A class of errors that a decoder may throw, and the codes of it. */
export interface Refusal {
  readonly type: abstract new (...parts: never[]) => Error
  readonly codes: readonly string[]
}

/** `message`: a version byte and MessagePack; `text`: lines, numbers, base64; `bytes`: the rest. */
export type Form = 'message' | 'text' | 'bytes'

export interface Decoder {
  /** In kebab-case: it stands on command lines. */
  readonly name: string
  /** What it reaches, as `<file>#<declared name>`. */
  readonly covers: readonly string[]
  readonly form: Form
  /** Inputs that it takes. The same seed gives the same ones. */
  readonly seeds: (seed: number) => readonly Input[]
  readonly decode: (input: Input) => unknown
  /** What decodes and is encoded again decodes to the same. */
  readonly encode: ((value: unknown) => Input) | undefined
  /** Nothing but what `encode` makes decodes. */
  readonly isCanonical: boolean
  readonly refuses: readonly Refusal[]
  /** Whether errors of a library that is not ours may be the cause of a typed one. */
  readonly isForeign: boolean
}

interface Options<I extends Input, T> {
  readonly name: string
  readonly covers: readonly string[]
  readonly seeds: (seed: number) => readonly I[]
  readonly decode: (input: I) => T
  readonly encode?: (value: T) => I
  readonly isCanonical?: boolean
  readonly refuses: readonly Refusal[]
  readonly isForeign?: boolean
}

export function messageDecoder<T>(options: Options<Uint8Array, T>): Decoder {
  return decoder('message', options)
}

export function bytesDecoder<T>(options: Options<Uint8Array, T>): Decoder {
  return decoder('bytes', options)
}

export function textDecoder<T>(options: Options<string, T>): Decoder {
  return decoder('text', options)
}

export function refusal(type: Refusal['type'], ...codes: readonly string[]): Refusal {
  return { type, codes }
}

/** Inputs are of the form that their decoder names; what decoded is its own to encode. */
function decoder<I extends Input, T>(form: Form, options: Options<I, T>): Decoder {
  const { encode, isCanonical = false, isForeign = false } = options
  return {
    name: options.name,
    covers: options.covers,
    form,
    seeds: options.seeds,
    decode: (input) => options.decode(input as I),
    encode: encode && ((value) => encode(value as T)),
    isCanonical,
    refuses: options.refuses,
    isForeign,
  }
}
