import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { SCRIPT_LOOPS, chooseLoops, type Loops } from '../../../matcher/extract/loops.ts'
import { ridgePattern } from '../../../matcher/extract/ridge-pattern.ts'
import { WasmLoops } from '../../../matcher/extract/wasm-loops.ts'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { ODD_SIZES, PLAIN, drawn, noisy } from '../support/drawn-print.ts'
import { fvcImage } from '../support/real-prints.ts'
import { FVC_SETS } from '../support/templates.ts'

const NAMES = Object.keys(SCRIPT_LOOPS) as (keyof Loops)[]

/** What one loop gave, plane by plane. */
type Given = readonly [loop: string, planes: readonly Uint8Array[]]

const random = new SeededRandom('loops')
const wasm = WasmLoops.load()

const promises = suite('the loops in WebAssembly')

promises('are what an extraction uses', () => {
  ok(chooseLoops() instanceof WasmLoops)
  is(chooseLoops(), chooseLoops())
})

promises('give each bit that the definition gives, for drawn prints', () => {
  for (const period of [5, 9, 14.5]) {
    for (const turn of [0, 21, 64, 101]) sameBits(drawn({ ...PLAIN, period, turn, noise: 50 }))
  }
  sameBits(drawn({ ...PLAIN, radius: 90, noise: 3 }))
})

promises('and for noise of any size', () => {
  for (const [width, height] of ODD_SIZES) {
    sameBits(noisy(width, height, 120))
  }
  for (let run = 0; run < 40; run += 1) {
    sameBits(noisy(1 + random.integer(200), 1 + random.integer(200), random.integer(128)))
  }
})

promises('and for what no sensor gives', () => {
  const size = { width: 131, height: 94, dpi: 500 }
  for (const level of [
    () => 0,
    () => 255,
    (at: number) => (at % 2) * 255,
    (at: number) => (Math.floor(at / size.width) % 2) * 255,
    (at: number) => at % 256,
    () => random.integer(2) * 255,
  ]) {
    const pixels = Uint8Array.from({ length: size.width * size.height }, (_, at) => level(at))
    sameBits({ ...size, pixels })
  }
})

promises('and for real prints', () => {
  for (const set of FVC_SETS) {
    const image = fvcImage(set, 101 + random.integer(10), 1 + random.integer(8))
    if (!image) return
    sameBits(image)
  }
})

promises('take planes that are not theirs', () => {
  const image = drawn({ ...PLAIN, noise: 20 })
  equal(givenBy(wasm, image, copied), givenBy(SCRIPT_LOOPS, image))
})

promises('leave a pattern as it is when they draw the next', () => {
  for (const [width, height] of [
    [300, 320],
    [90, 70],
    [500, 400],
  ] as const) {
    const { waves } = ridgePattern(drawn(PLAIN), unheard, wasm)
    const before = { even: waves.even.slice(), odd: waves.odd.slice() }
    ridgePattern(noisy(width, height, 60), unheard, wasm)
    equal(waves, before)
  }
})

promises.run()

function sameBits(image: GreyImage): void {
  const definition = givenBy(SCRIPT_LOOPS, image)
  const given = givenBy(wasm, image)
  is(given.length, definition.length)
  for (const [step, [loop, planes]] of definition.entries()) {
    for (const [at, plane] of planes.entries()) {
      const other = given[step]![1][at]!
      const difference = Buffer.compare(plane, other)
      is(difference, 0, `${loop}, step ${step}, of ${image.width} x ${image.height}`)
    }
  }
}

/** All that the loops give on the way to a pattern, which is made from what `hand` makes of it. */
function givenBy(
  loops: Loops,
  image: GreyImage,
  hand: (result: object) => object = (result) => result,
): Given[] {
  const given: Given[] = []
  const heard = NAMES.map((name) => [
    name,
    (...told: unknown[]) => {
      const result = Reflect.apply(loops[name], loops, told) as object
      given.push([name, planesOf(result).map(bytesOf)])
      return hand(result)
    },
  ])
  ridgePattern(image, unheard, Object.fromEntries(heard) as Loops)
  return given
}

function copied(result: object): object {
  if (result instanceof Float32Array || result instanceof Uint8Array) return result.slice()
  const planes = Object.entries(result as Record<string, Float32Array>)
  return Object.fromEntries(planes.map(([name, plane]) => [name, plane.slice()]))
}

function planesOf(result: object): ArrayBufferView[] {
  return ArrayBuffer.isView(result) ? [result] : (Object.values(result) as ArrayBufferView[])
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength).slice()
}

function unheard(): void {
  // Nobody measures here.
}
