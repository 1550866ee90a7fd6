import { suite } from 'uvu'
import { is } from 'uvu/assert'
import type { Clock } from '../../../node/clock.ts'
import { BARRED_MS, MISTRUST_MAX, MISTRUST_MS } from '../../../node/mesh/limits.ts'
import { Mistrust } from '../../../node/mesh/mistrust.ts'

const promises = suite('mistrust')

promises('bars a peer at once for what no honest peer can send, and only for a while', () => {
  const { mistrust, clock } = begin()
  is(mistrust.blame('a', 'malformed'), true)
  is(mistrust.barredMs('a'), BARRED_MS)
  is(mistrust.barredMs('b'), 0)
  clock.ms += BARRED_MS
  is(mistrust.barredMs('a'), 0)
})

promises('bars a peer for many faults of which each may be an accident', () => {
  const { mistrust } = begin()
  for (let fault = 1; fault < MISTRUST_MAX; fault += 1) {
    is(mistrust.blame('a', 'bad-signature'), false)
  }
  is(mistrust.blame('b', 'bad-signature'), false)
  is(mistrust.barredMs('a'), 0)
  is(mistrust.blame('a', 'bad-proof'), true)
  is(mistrust.barredMs('a'), BARRED_MS)
})

promises('forgets faults that are long past', () => {
  const { mistrust, clock } = begin()
  for (let fault = 0; fault < 2 * MISTRUST_MAX; fault += 1) {
    is(mistrust.blame('a', 'bad-signature'), false)
    clock.ms += MISTRUST_MS + 1
  }
})

promises('holds nothing against who cannot serve', () => {
  const { mistrust } = begin()
  for (let fault = 0; fault < 2 * MISTRUST_MAX; fault += 1) {
    is(mistrust.blame('a', 'overloaded'), false)
    is(mistrust.blame('a', 'deadline'), false)
  }
})

promises.run()

function begin(): { mistrust: Mistrust; clock: Clock & { ms: number } } {
  const clock = {
    ms: 1_000,
    now: () => clock.ms,
    sleep: async () => undefined,
    timer: () => () => undefined,
  }
  return { mistrust: new Mistrust(clock), clock }
}
