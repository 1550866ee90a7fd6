/** What the machine does without us: one fsync, and LevelDB's own batches. */
import { Level } from 'level'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { WRITE_BUFFER_BYTES } from '../../../node/store/level-store.ts'
import { secondsOf } from './figures.ts'

const BLOCK_BYTES = 4_096

/** Times of `count` writes of one block, each with the fdatasync that makes it durable, ms. */
export async function fsyncTimes(folder: string, count: number): Promise<number[]> {
  const file = await open(join(folder, 'fsync'), 'w')
  const block = new Uint8Array(BLOCK_BYTES).fill(1)
  const times: number[] = []
  for (let i = 0; i < count; i += 1) {
    const started = performance.now()
    await file.write(block, 0, BLOCK_BYTES, i * BLOCK_BYTES)
    await file.datasync()
    times.push(performance.now() - started)
  }
  await file.close()
  return times
}

/**
 * Seconds that LevelDB takes for the rows alone, in batches of `perBatch` that are each on disk
 * before the next one.
 */
export async function bareSeconds(
  folder: string,
  rows: Iterable<readonly [key: string, value: Uint8Array]>,
  perBatch: number,
): Promise<number> {
  const db = new Level<string, Uint8Array>(join(folder, 'bare'), {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
    compression: false,
    writeBufferSize: WRITE_BUFFER_BYTES,
  })
  await db.open()
  const seconds = await secondsOf(async () => {
    let batch = db.batch()
    for (const [key, value] of rows) {
      batch.put(key, value)
      if (batch.length < perBatch) continue
      await batch.write({ sync: true })
      batch = db.batch()
    }
    await batch.write({ sync: true })
  })
  await db.close()
  return seconds
}
