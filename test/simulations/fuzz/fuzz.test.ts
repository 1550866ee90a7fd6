import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { unpack } from 'msgpackr'
import { concatBytes, toHex, utf8 } from '../../../crypto/bytes.ts'
import { codec, list, uint } from '../../../protocol/codec.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import {
  messageDecoder,
  refusal,
  textDecoder,
  type Decoder,
} from '../../../simulations/fuzz/decoder.ts'
import { Bench, fuzz, type Tally } from '../../../simulations/fuzz/fuzz.ts'
import { measured } from '../../../simulations/fuzz/measure.ts'
import { Mutator } from '../../../simulations/fuzz/mutator.ts'
import { DECODERS } from '../../../simulations/fuzz/registry.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'

/** In every run of the tests; the long run is `npm run torture:fuzz`. */
const CASES = 40_000
const SEED = 2026

const promises = suite('whatever anybody sends')

let tallies: readonly Tally[] = []

promises.before(() => {
  tallies = fuzz({ seed: SEED, cases: CASES, decoders: DECODERS })
})

for (const [place, { name }] of DECODERS.entries()) {
  promises(`${name} takes it or refuses it by name, and nothing else happens`, () => {
    equal(tallies[place]?.faults, [])
    ok(tallies[place]!.cases >= CASES / DECODERS.length)
  })
}

promises('is taken often enough to get somewhere, and refused wherever it can be', () => {
  for (const [place, { name, refuses }] of DECODERS.entries()) {
    const { verdicts } = tallies[place]!
    ok((verdicts.get('accepted') ?? 0) > 0, `${name} takes nothing`)
    ok(verdicts.size > 1 || refuses.length === 0, `${name} refuses nothing`)
  }
})

promises.run()

const engine = suite('the engine')
const refuses = [refusal(TamgaError, 'malformed', 'too-large')]
const numbers = codec('numbers', 512, list(uint(), 16))
const seeds = () => [numbers.encode([1, 2, 3]), numbers.encode([]), numbers.encode([2 ** 53 - 1])]
const SOUND: Decoder = messageDecoder({
  name: 'sound',
  covers: [],
  seeds,
  decode: numbers.decode,
  encode: numbers.encode,
  refuses,
})

const COUNTS = ['none', 'one', 'two', 'three']

/** Decoders with one fault each, of kinds that real ones have had. */
const FAULTY: readonly (readonly [why: string, complaint: RegExp, decoder: Decoder])[] = [
  [
    'throws what it does not name',
    /^throws RangeError/,
    faulty((bytes) => 'x'.repeat((bytes[1] ?? 0) - 0x90).length),
  ],
  [
    'throws another code',
    /^throws TamgaError \(conflict\).*does not name/,
    faulty((bytes) => {
      if (bytes.length === 1) throw new TamgaError('conflict', 'short')
      return numbers.decode(bytes)
    }),
  ],
  [
    'hides its own fault behind a typed error',
    /^hides TypeError/,
    faulty((bytes) => {
      try {
        return COUNTS[numbers.decode(bytes).length]!.length
      } catch (cause) {
        if (cause instanceof TamgaError) throw cause
        throw new TamgaError('malformed', 'something', { cause })
      }
    }),
  ],
  [
    'trusts a length',
    /^makes \d+ bytes of \d+$/,
    faulty((bytes) => new Uint8Array(16 * (bytes[1] ?? 0) * (bytes[2] ?? 0))),
  ],
  ['gives a view of its input', /^gives a view/, faulty((bytes) => bytes.subarray(1))],
  [
    'writes into its input',
    /^(?:changes its input|decodes differently)/,
    faulty((bytes) => bytes.fill(7, bytes.length - 1).length),
  ],
  ['counts its calls', /^decodes differently/, faulty(counter())],
  ['keeps what it has read before', /^decodes (?:differently|a seed)/, faulty(remembering())],
  [
    'forgets on the way back',
    /^comes back as another value/,
    messageDecoder({
      name: 'forgetful',
      covers: [],
      seeds,
      decode: numbers.decode,
      encode: (values) => numbers.encode(values.slice(0, 3)),
      refuses,
    }),
  ],
  [
    'has two spellings',
    /^takes a second spelling/,
    textDecoder({
      name: 'two-spellings',
      covers: [],
      seeds: () => ['7', '12345'],
      decode: (digits) => {
        if (/^[0-9]{1,9}$/.test(digits)) return Number(digits)
        throw new TamgaError('malformed', 'no number')
      },
      encode: String,
      isCanonical: true,
      refuses,
    }),
  ],
]

for (const [why, complaint, decoder] of FAULTY) {
  engine(`finds a decoder that ${why}`, () => {
    const [fault] = faultsOf(decoder)
    ok(complaint.test(fault?.complaint ?? ''), fault?.complaint ?? 'no fault at all')
  })
}

engine('finds what msgpackr alone would do with a stranger’s bytes', () => {
  const naked = messageDecoder({
    name: 'naked',
    covers: [],
    seeds,
    decode: (bytes) => unpack(bytes.subarray(1)) as unknown,
    refuses,
  })
  ok(faultsOf(naked).length > 0)
})

engine('finds nothing in a sound decoder', () => {
  equal(faultsOf(SOUND), [])
})

engine('sees when a prototype has been added to', () => {
  const { prototype } = Object
  const polluting = faulty((bytes) => {
    if (bytes.length > 4) Object.defineProperty(prototype, 'x', { configurable: true })
    return bytes.length
  })
  const faults = faultsOf(polluting)
  Reflect.deleteProperty(prototype, 'x')
  is(faults[0]?.complaint, 'adds to a prototype')
})

engine('sees where it is told to what a decoder allocates, also what it does not give', () => {
  const hoard: Uint8Array[] = []
  const greedy = faulty((bytes) => {
    hoard.splice(0, 1, new Uint8Array(bytes.length > 16 ? 2 ** 25 : 0))
    return bytes.length
  })
  const options = { seed: 1, cases: 2_000, decoders: [greedy] }
  equal(fuzz(options)[0]?.faults, [])
  ok(
    /^allocates \d+ bytes$/.test(
      fuzz({ ...options, watch: measured })[0]?.faults[0]?.complaint ?? '',
    ),
  )
})

engine('runs a case again from decoder, seed and number alone', () => {
  const [, , decoder] = FAULTY[0]!
  for (const fault of faultsOf(decoder)) {
    equal(new Bench(decoder, fault.seed).run(fault.number).fault, fault)
  }
})

engine('makes the same inputs of the same seed, others of another, hardly one twice', () => {
  const [first, other] = [inputsOf(1), inputsOf(2)]
  equal(inputsOf(1), first)
  ok(first.filter((input) => other.includes(input)).length < 100)
  ok(new Set(first).size > 200)
})

engine('leaves its seeds as they are, and shares no memory with them', () => {
  const seed = utf8('as it is')
  const mutator = new Mutator('bytes', [seed])
  for (let number = 0; number < 500; number += 1) {
    const input = mutator.next(new SeededRandom(number))
    ok(typeof input !== 'string' && input.buffer !== seed.buffer)
  }
  equal(seed, utf8('as it is'))
})

engine('makes texts with every kind of line, dash, digit and surrogate', () => {
  const mutator = new Mutator('text', ['log\n12\nAAAA\n\n— a AAAA\n'])
  const made = Array.from({ length: 3_000 }, (_, number) => {
    return String(mutator.next(new SeededRandom(number)))
  })
  for (const pattern of [/\r/, /\u2028/, /–/, /18446744073709551616/, /9{40}/, /\n\n\n/, /\0/]) {
    ok(
      made.some((found) => pattern.test(found)),
      String(pattern),
    )
  }
  ok(made.some((found) => !found.isWellFormed()))
})

engine('says which decoder has a seed that does not decode', () => {
  const [good] = seeds()
  const broken = { ...SOUND, name: 'broken', seeds: () => [good!, concatBytes(good!, good!)] }
  try {
    faultsOf(broken)
    ok(false)
  } catch (error) {
    is(error instanceof Error && error.message, 'a seed of broken does not decode')
  }
})

engine.run()

function faulty(decode: (bytes: Uint8Array) => unknown): Decoder {
  return messageDecoder({ name: 'faulty', covers: [], seeds, decode, refuses })
}

function inputsOf(seed: number): string[] {
  const mutator = new Mutator('message', SOUND.seeds(1))
  return Array.from({ length: 300 }, (_, number) => {
    const input = mutator.next(new SeededRandom(`${seed}/${number}`))
    return typeof input === 'string' ? input : toHex(input)
  })
}

function faultsOf(decoder: Decoder) {
  return fuzz({ seed: 1, cases: 2_000, decoders: [decoder] }).flatMap(({ faults }) => faults)
}

function counter(): (bytes: Uint8Array) => number {
  let calls = 0
  return (bytes) => bytes.length + (calls += 1)
}

/** Like a decoder whose table of references outlives the message that made it. */
function remembering(): (bytes: Uint8Array) => unknown {
  let longest = 0
  return (bytes) => {
    longest = Math.max(longest, bytes.length)
    return [numbers.decode(bytes), longest > 64]
  }
}
