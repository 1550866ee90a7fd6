/**
 * The folder that logs are exported to: the one place where files are written for auditors.
 *
 * A file that is there is never written over with something else, except what may grow: a log's
 * checkpoint, which is put in its place whole.
 */
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { equalBytes } from '../../crypto/bytes.ts'
import { TamgaError } from '../../protocol/errors.ts'

export class ExportFolder {
  readonly #root: string
  /** The folder that was made last: files come side by side. */
  #made = ''

  constructor(root: string) {
    this.#root = root
  }

  /** The file's bytes, undefined where there is none. */
  async get(path: string): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await readFile(join(this.#root, path)))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  }

  /** @throws TamgaError `conflict` when another file is there */
  async put(path: string, bytes: Uint8Array): Promise<void> {
    const known = await this.get(path)
    if (known && equalBytes(known, bytes)) return
    if (known) throw new TamgaError('conflict', `${path} is there, and is another one`)
    await this.#makeFolder(path)
    await writeFile(join(this.#root, path), bytes)
  }

  /** Puts a file in the place of what was there, whole or not at all. */
  async replace(path: string, bytes: Uint8Array): Promise<void> {
    await this.#makeFolder(path)
    const file = join(this.#root, path)
    const handle = await open(`${file}.new`, 'w')
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${file}.new`, file)
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.#root, path), { recursive: true, force: true })
  }

  async #makeFolder(path: string): Promise<void> {
    const folder = dirname(join(this.#root, path))
    if (folder === this.#made) return
    await mkdir(folder, { recursive: true })
    this.#made = folder
  }
}
