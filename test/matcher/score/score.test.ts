import { assert, constantFrom, integer, property, uint8Array } from 'fast-check'
import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import { PACKED_BYTES, pack } from '../../../matcher/packed.ts'
import { score } from '../../../matcher/score/score.ts'
import type { FingerView, Minutia } from '../../../matcher/template/template.ts'
import { thresholdFor } from '../../../matcher/threshold.ts'
import { moved } from '../support/geometry.ts'
import { passedOff } from '../support/records.ts'
import { sampleView } from '../support/templates.ts'

const DEFAULT_THRESHOLD = thresholdFor(1)

const probe = sampleView('probe')
const matching = sampleView('matching')
const nonmatching = sampleView('nonmatching')

const promises = suite('a score')

promises('is far higher for two impressions of one finger than for two fingers', () => {
  const same = score(pack(probe), pack(matching))
  const different = score(pack(probe), pack(nonmatching))
  ok(same >= DEFAULT_THRESHOLD, `one finger scores ${same}`)
  ok(different < DEFAULT_THRESHOLD / 2, `two fingers score ${different}`)
  ok(same > 5 * different)
})

promises('is the same each time, whatever was compared before', () => {
  const first = score(pack(probe), pack(matching))
  score(pack(nonmatching), pack(nonmatching))
  score(pack({ ...probe, minutiae: [] }), pack(matching))
  is(score(pack(probe), pack(matching)), first)
})

promises('hardly changes when a finger is turned and moved, by any angle', () => {
  const straight = score(pack(probe), pack(matching))
  for (let turn = 0; turn < 256; turn += 8) {
    const turned = score(pack(probe), pack(moved(matching, turn, turn - 90, 3 * turn)))
    ok(turned > 0.75 * straight, `${turned} of ${straight} at ${turn}`)
    ok(turned < 1.3 * straight, `${turned} of ${straight} at ${turn}`)
  }
})

promises('survives missing and spurious minutiae', () => {
  const missing = { ...matching, minutiae: matching.minutiae.filter((_, at) => at % 4 !== 0) }
  ok(score(pack(probe), pack(missing)) >= DEFAULT_THRESHOLD)
  const spurious = matching.minutiae
    .filter((_, at) => at % 4 === 0)
    .map((minutia): Minutia => ({ ...minutia, x: minutia.x + 29, angle: minutia.angle ^ 0x5a }))
  const crowded = { ...matching, minutiae: [...matching.minutiae, ...spurious] }
  ok(score(pack(probe), pack(crowded)) >= DEFAULT_THRESHOLD)
})

promises('survives skin that is stretched by a tenth across the finger', () => {
  const stretched = {
    ...probe,
    minutiae: probe.minutiae.map((minutia) => ({ ...minutia, x: Math.round(minutia.x * 1.1) })),
  }
  ok(score(pack(probe), pack(stretched)) >= DEFAULT_THRESHOLD)
})

promises('is 0 with nothing to compare', () => {
  const empty = pack({ ...probe, minutiae: [] })
  const single = pack({ ...probe, minutiae: probe.minutiae.slice(0, 1) })
  for (const other of [empty, single, pack(probe)]) {
    is(score(empty, other), 0)
    is(score(other, empty), 0)
    is(score(single, other), 0)
  }
})

promises('is finite for crowds and for minutiae all in one place', () => {
  const crowd = Array.from({ length: 255 }, (_, at) => minutiaAt(at * 7, at * 5, at))
  const heap = Array.from({ length: 255 }, () => minutiaAt(100, 100, 64))
  const corners = Array.from({ length: 8 }, (_, at) =>
    minutiaAt((at % 2) * 16_383, 16_383 * (at >> 2), at),
  )
  const packed = [crowd, heap, corners].map((minutiae) => pack({ ...probe, minutiae }))
  for (const one of packed) {
    for (const two of [...packed, pack(probe)]) {
      ok(isScore(score(one, two)))
      ok(isScore(score(two, one)))
    }
  }
})

promises('is an integer of at least 0 for any bytes that pass for a record', () => {
  const counts = integer({ min: 0, max: 48 })
  const records = constantFrom(pack(probe), pack(matching))
  const noise = uint8Array({ minLength: PACKED_BYTES, maxLength: PACKED_BYTES })
  assert(
    property(records, noise, counts, (real, bytes, count) => {
      passedOff(bytes, count)
      ok(isScore(score(real, bytes)))
      ok(isScore(score(bytes, real)))
      ok(isScore(score(bytes, bytes)))
    }),
    { numRuns: 300 },
  )
})

promises.run()

function minutiaAt(x: number, y: number, angle: number): FingerView['minutiae'][number] {
  return { x, y, angle, type: 'ending', quality: 0 }
}

function isScore(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
