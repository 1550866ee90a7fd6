import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { heldBy, pack } from '../../../matcher/packed.ts'
import { pairing, score } from '../../../matcher/score/score.ts'
import { moved } from '../support/geometry.ts'
import { sampleView } from '../support/templates.ts'

const probe = sampleView('probe')
const matching = sampleView('matching')

const promises = suite('a pairing')

promises('has the score of the comparison, and each minutia once at most', () => {
  for (const other of [matching, sampleView('nonmatching')]) {
    const found = pairing(pack(probe), pack(other))
    is(found.score, score(pack(probe), pack(other)))
    for (const side of ['probe', 'candidate'] as const) {
      const indexes = found.meetings.map((meeting) => meeting[side])
      is(new Set(indexes).size, indexes.length)
      const { length } = heldBy(side === 'probe' ? probe : other)
      ok(indexes.every((index) => index < length))
    }
  }
})

promises('finds every minutia again on the same finger, turned as it was', () => {
  for (const turn of [0, 20, 128, 240]) {
    const turned = moved(probe, turn, 31, -17)
    const found = pairing(pack(probe), pack(turned))
    const [ofProbe, ofTurned] = [heldBy(probe), heldBy(turned)]
    is(found.turn, turn)
    is(found.meetings.length, ofProbe.length)
    for (const { probe: one, candidate } of found.meetings) is(ofProbe[one], ofTurned[candidate])
  }
})

promises('is empty where nothing can be paired, whatever was compared before', () => {
  ok(pairing(pack(probe), pack(matching)).meetings.length > 10)
  const nothing = pairing(pack(probe), pack({ ...matching, minutiae: [] }))
  equal(nothing, { score: 0, turn: 0, meetings: [] })
})

promises.run()
