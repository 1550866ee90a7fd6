/** A worker's life: remember slabs, and take pieces of each search until none is left. */
import { parentPort } from 'node:worker_threads'
import { giveWay } from '../give-way.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { layOut } from '../kernel/kernel.ts'
import { chooseKernel } from '../kernel/kernels.ts'
import { prepareProbe } from '../score/probe.ts'
import { assignmentsOf } from './assignment.ts'
import { Comparison } from './comparison.ts'
import { Scan } from './scan.ts'
import { ScoreBoard } from './score-board.ts'
import { writeShortlist } from './shortlist-message.ts'
import { Slab } from './slab.ts'
import {
  NEXT_PIECE,
  PIECE_WORDS,
  STOPPED,
  type FromWorker,
  type ToWorker,
  type WorkMessage,
} from './worker-messages.ts'

const slabs = new Map<number, Slab>()
const kernels = new Map<string, Kernel>()

const NOTHING = { shortlist: writeShortlist([]), searched: new Map(), ranked: [] }

giveWay()

parentPort?.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'slab':
      slabs.set(message.slab.slab, new Slab(message.slab))
      return
    case 'retired':
      slabs.delete(message.slab)
      return
    case 'scan':
      parentPort?.postMessage(scan(message), [])
      return
    case 'digest':
      parentPort?.postMessage(digest(message), [])
      return
    case 'compare':
      parentPort?.postMessage(compare(message), [])
  }
})

function scan(message: WorkMessage): FromWorker {
  const { search, fingers, number, shortlist: most, board } = message
  const probes = fingers.map(({ packed }) => layOut(prepareProbe(packed)))
  const assignments = assignmentsOf(fingers, message.isSwapTried)
  const options = { probes, assignments, number, shortlist: most }
  const work = new Scan(
    { ...options, board: board && new ScoreBoard(board) },
    { kernel: kernelOf(message) },
  )
  for (const [slab, from, to] of pieces(message)) work.add({ slab: slabOf(slab), from, to })
  const { shortlist, searched } = work
  return { search, shortlist: writeShortlist(shortlist), searched, ranked: [] }
}

function digest(message: WorkMessage): FromWorker {
  const board = new ScoreBoard(message.board!)
  for (const [order, from, to, at] of pieces(message)) board.digest(at, [order, from, to])
  return { search: message.search, ...NOTHING }
}

function compare(message: WorkMessage): FromWorker {
  const { search, fingers, threshold, limit } = message
  const probes = fingers.map(({ position, packed }) => ({ position, probe: prepareProbe(packed) }))
  const assignments = assignmentsOf(fingers, message.isSwapTried)
  const work = new Comparison({ fingers: probes, assignments, threshold, limit })
  for (const [slab, row, count] of pieces(message)) work.add(slabOf(slab), row, count)
  return { search, ...NOTHING, ranked: work.ranked }
}

/**
 * Words of each piece, and its place. Workers share a counter of pieces, so that none waits while
 * another has work in store.
 */
function* pieces(message: WorkMessage): Generator<[number, number, number, number]> {
  const control = new Int32Array(message.control)
  const all = message.pieces
  while (Atomics.load(control, STOPPED) === 0) {
    const piece = Atomics.add(control, NEXT_PIECE, 1)
    const at = piece * PIECE_WORDS
    if (at >= all.length) return
    yield [all[at]!, all[at + 1]!, all[at + 2]!, piece]
  }
}

function slabOf(number: number): Slab {
  const slab = slabs.get(number)
  if (slab) return slab
  throw new Error(`slab ${number} was never handed over`)
}

function kernelOf({ kernel }: WorkMessage): Kernel {
  const name = kernel ?? 'fastest'
  const known = kernels.get(name) ?? chooseKernel(kernel)
  kernels.set(name, known)
  return known
}
