/** A post's store: LevelDB in a temporary folder, that can be closed and opened again. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LevelStore } from '../../../../node/store/level-store.ts'

export class PostDisk {
  readonly #folder: string
  store: LevelStore

  private constructor(folder: string, store: LevelStore) {
    this.#folder = folder
    this.store = store
  }

  static async make(): Promise<PostDisk> {
    const folder = await mkdtemp(join(tmpdir(), 'tamga-post-'))
    return new PostDisk(folder, await LevelStore.open(folder))
  }

  async reopen(): Promise<LevelStore> {
    await this.store.close()
    this.store = await LevelStore.open(this.#folder)
    return this.store
  }

  async close(): Promise<void> {
    await this.store.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
