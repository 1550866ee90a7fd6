import { array, assert, double, integer, property, record } from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import {
  InvalidPacked,
  PACKED_BYTES,
  PACKED_VERSION,
  DIRECTIONS_AT,
  MINUTIAE_MAX,
  checkPacked,
  heldBy,
  pack,
} from '../../matcher/packed.ts'
import { score } from '../../matcher/score/score.ts'
import type { FingerView } from '../../matcher/template/template.ts'
import { atResolution, moved } from './support/geometry.ts'
import { sampleView } from './support/templates.ts'

const probe = sampleView('probe')

const promises = suite('a packed finger')

promises('has a fixed length below 1,280 bytes and says its version', () => {
  ok(PACKED_BYTES <= 1280)
  is(PACKED_BYTES % 4, 0)
  for (const view of [probe, sampleView('matching'), { ...probe, minutiae: [] }]) {
    const packed = pack(view)
    is(packed.length, PACKED_BYTES)
    is(packed[0], PACKED_VERSION)
    checkPacked(packed)
  }
})

promises('is the same for the same view', () => {
  equal(pack(probe), pack(sampleView('probe')))
})

promises('holds the best minutiae of a view, and says which those are', () => {
  const minutiae = Array.from({ length: 60 }, (_, at) => {
    const quality = 1 + ((at * 37) % 61)
    return { x: 10 * at, y: 200, angle: 4 * at, type: 'ending' as const, quality }
  })
  const held = heldBy({ ...probe, minutiae })
  is(held.length, MINUTIAE_MAX)
  const least = Math.min(...held.map((index) => minutiae[index]!.quality))
  is(minutiae.filter(({ quality }) => quality > least).length, MINUTIAE_MAX - 1)
  const packed = pack({ ...probe, minutiae })
  const directions = packed.subarray(DIRECTIONS_AT, DIRECTIONS_AT + MINUTIAE_MAX)
  equal(
    held.map((index) => minutiae[index]!.angle),
    [...directions],
  )
})

promises('does not depend on where in the image the finger lies', () => {
  equal(pack(moved(probe, 0, 57, 31)), pack(probe))
})

promises('is at 500 dpi whatever the sensor', () => {
  const own = score(pack(probe), pack(probe))
  const fine = pack(atResolution(probe, 394))
  equal(pack(atResolution(atResolution(probe, 394), 197)), pack(probe))
  ok(score(pack(probe), fine) > 0.95 * own)
  const misread = pack({ ...atResolution(probe, 394), resolutionX: 197, resolutionY: 197 })
  ok(score(pack(probe), misread) < 0.2 * own, 'resolution is what makes the difference')
})

promises('takes any view, sensible or not', () => {
  const minutia = record({
    x: double(),
    y: double(),
    angle: integer(),
    quality: double(),
  })
  const views = record({
    minutiae: array(minutia, { maxLength: 300 }),
    resolution: integer({ min: 0, max: 0xffff }),
  })
  assert(
    property(views, ({ minutiae, resolution }) => {
      const view: FingerView = {
        ...probe,
        resolutionX: resolution,
        resolutionY: resolution,
        minutiae: minutiae.map((fields) => ({ ...fields, type: 'ending' })),
      }
      const packed = pack(view)
      checkPacked(packed)
      const own = score(packed, packed)
      ok(Number.isSafeInteger(own) && own >= 0)
    }),
    { numRuns: 300 },
  )
})

promises('of another length, version or count is refused', () => {
  const packed = pack(probe)
  refused(packed.subarray(1), 'length')
  refused(changed(packed, 0, PACKED_VERSION + 1), 'version')
  refused(changed(packed, 2, 49), 'counts')
  refused(changed(packed, 1, packed[1]! - 1), 'counts')
})

promises.run()

function refused(packed: Uint8Array, code: string): void {
  const hasCode = (error: unknown): boolean => error instanceof InvalidPacked && error.code === code
  throws(() => score(packed, pack(probe)), hasCode)
  throws(() => score(pack(probe), packed), hasCode)
}

function changed(bytes: Uint8Array, offset: number, byte: number): Uint8Array {
  const copy = bytes.slice()
  copy[offset] = byte
  return copy
}
