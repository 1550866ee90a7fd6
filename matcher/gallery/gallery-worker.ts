/** A worker's life: remember slabs, and take pieces of each search until none is left. */
import { parentPort } from 'node:worker_threads'
import { Scan } from './scan.ts'
import { Slab } from './slab.ts'
import {
  NEXT_PIECE,
  UNWANTED,
  type FromWorker,
  type SearchMessage,
  type ToWorker,
} from './worker-messages.ts'

const slabs = new Map<number, Slab>()

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'slab') slabs.set(message.slab.slab, new Slab(message.slab))
  else parentPort?.postMessage(search(message), [])
})

/** Workers share a counter of pieces, so that none waits while another has work in store. */
function search(message: SearchMessage): FromWorker {
  const { pieces, fingers, threshold, limit, number } = message
  const control = new Int32Array(message.control)
  const scan = new Scan({ fingers, threshold, limit, number })
  while (Atomics.load(control, UNWANTED) === 0) {
    const at = Atomics.add(control, NEXT_PIECE, 1) * 3
    if (at >= pieces.length) break
    const slab = slabs.get(pieces[at]!)
    if (!slab) throw new Error(`slab ${pieces[at]} was never handed over`)
    scan.add({ slab, from: pieces[at + 1]!, to: pieces[at + 2]! })
  }
  return { search: message.search, ranked: scan.ranking.ranked, searched: scan.searched }
}
