/** A worker's life: make and pack the people of each range it is given. */
import { parentPort, workerData } from 'node:worker_threads'
import { PACKED_BYTES, pack } from '../../matcher/packed.ts'
import type { PackingWork, PeopleRange } from './packed-people.ts'
import { SyntheticPopulation } from './population.ts'

const population = new SyntheticPopulation(workerData as PackingWork)

parentPort?.on('message', ({ from, to }: PeopleRange) => {
  const fingers = population.positions.length
  const records = new Uint8Array((to - from) * fingers * PACKED_BYTES)
  let at = 0
  for (let index = from; index < to; index += 1) {
    for (const view of population.enrolment(index)) {
      records.set(pack(view), at)
      at += PACKED_BYTES
    }
  }
  parentPort?.postMessage(records, [records.buffer])
})
