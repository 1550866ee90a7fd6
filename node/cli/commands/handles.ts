/** `tamga handles`: the key under which a stopped node's book finds handles by number. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { nodeKeys } from '../../node.ts'
import { systemRandom } from '../../random.ts'
import { HandleBook } from '../../registry/handle-book.ts'
import { LevelStore } from '../../store/level-store.ts'
import { readKey } from '../key-file.ts'

interface RotateOptions {
  readonly key: string
  readonly data: string
}

export function addHandles(program: Command): void {
  program
    .command('handles')
    .description('the book in which a region finds handles by IIN')
    .command('rotate')
    .description('give the book of a stopped node a new key; handles stay what they are')
    .requiredOption('--key <file>', "the node's secret key")
    .requiredOption('--data <folder>', "the node's folder")
    .action(async (options: RotateOptions) => rotate(options))
}

async function rotate({ key, data }: RotateOptions): Promise<void> {
  const { seed } = await readKey(key, 'node')
  const store = await LevelStore.open(join(data, 'store'), { createIfMissing: false })
  try {
    const modules = { store, random: systemRandom }
    const book = await HandleBook.open({ boxKeys: nodeKeys(seed).box }, modules)
    await book.rotate()
    console.log('every row stands under a new key, and the old key is gone')
  } finally {
    await store.close()
  }
}
