import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { CrossingQueue } from '../../../node/post/crossing-queue.ts'
import { QUEUE_MAX } from '../../../node/post/limits.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { PostDisk } from './support/post-disk.ts'
import { codeOf } from './support/refusals.ts'

const queued = suite('the queue of crossings')

let disk: PostDisk

queued.before.each(async () => {
  disk = await PostDisk.make()
})

queued.after.each(async () => {
  await disk.close()
})

queued('keeps them in their order, and over a restart', async () => {
  const queue = await CrossingQueue.open(disk)
  for (const byte of [1, 2, 3]) await queue.put(crossing(byte))
  await queue.delivered((await queue.oldest(1))[0]!)
  const again = await CrossingQueue.open({ store: await disk.reopen() })
  is(again.waiting, 2)
  await again.put(crossing(4))
  equal(
    (await again.oldest(9)).map(({ number, deed }) => [number, deed[0]]),
    [
      [2, 2],
      [3, 3],
      [4, 4],
    ],
  )
})

queued('remembers to whom one was handed', async () => {
  const queue = await CrossingQueue.open(disk)
  await queue.hand(await queue.put(crossing(1)), { node: 'almaty', at: 7 })
  const again = await CrossingQueue.open({ store: await disk.reopen() })
  equal((await again.oldest(1))[0]!.handed, { node: 'almaty', at: 7 })
})

queued('gives no number twice, also when it was empty in between', async () => {
  const queue = await CrossingQueue.open(disk)
  await queue.delivered(await queue.put(crossing(1)))
  const again = await CrossingQueue.open({ store: await disk.reopen() })
  is((await again.put(crossing(2))).number, 2)
})

queued('keeps apart what nodes refuse, with the reason, until it is dismissed', async () => {
  const queue = await CrossingQueue.open(disk)
  await queue.refuse(await queue.put(crossing(1)), new TamgaError('forbidden', 'no credential'))
  const again = await CrossingQueue.open({ store: await disk.reopen() })
  equal([again.waiting, again.refused], [0, 1])
  const refused = await again.refusals()
  equal(
    refused.map(({ number, why }) => [number, why]),
    [[1, 'forbidden: no credential']],
  )
  await again.dismiss(1)
  is(again.refused, 0)
  is(await codeOf(again.dismiss(1)), 'not-found')
})

queued('takes no more than it may hold', async () => {
  const queue = await CrossingQueue.open(disk)
  const putting = []
  for (let count = 0; count < QUEUE_MAX; count += 1) putting.push(queue.put(crossing(1)))
  await Promise.all(putting)
  is(await codeOf(queue.put(crossing(2))), 'overloaded')
  await queue.delivered((await queue.oldest(1))[0]!)
  await queue.put(crossing(2))
})

queued.run()

function crossing(byte: number) {
  return { deed: Uint8Array.of(byte), signatures: [] }
}
