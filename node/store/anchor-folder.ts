/** Anchors in a folder, a file each: best on another disk than the databases that they guard. */
import { randomUUID } from 'node:crypto'
import { link, open as openFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TamgaError } from '../../protocol/errors.ts'
import { FileAnchor, writeFirstSlot } from './anchor-file.ts'
import { errnoOf, makeFolder, syncFolder } from './durable-folder.ts'

import type { Anchor, Anchors, AnchorValue } from './anchor.ts'

/** Lower case, as some file systems tell no other; no dot in front, as temporary files have. */
const NAME = /^[a-z0-9][a-z0-9.-]*$/

/** Longest name, characters: a file's has 255 at most. */
const NAME_CHARACTERS_MAX = 200

/** What only the node itself may read and write. */
const FILE_MODE = 0o600

export class AnchorFolder implements Anchors {
  readonly #folder: string

  /** Touches nothing yet: `create` makes the folder, `open` never does. */
  constructor(folder: string) {
    this.#folder = folder
  }

  async open(name: string): Promise<Anchor> {
    return FileAnchor.open(this.#path(name))
  }

  /** @throws TamgaError `storage` if it cannot be told */
  async has(name: string): Promise<boolean> {
    const path = this.#path(name)
    try {
      await stat(path)
      return true
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false
      throw storage(`whether there is an anchor ${name} cannot be told`, error)
    }
  }

  /** @throws TamgaError `conflict`; `storage`: it may be there all the same */
  async create(name: string, first: AnchorValue): Promise<Anchor> {
    const path = this.#path(name)
    try {
      await makeFolder(this.#folder)
      await this.#put(path, first)
      await syncFolder(this.#folder)
    } catch (error) {
      if (error instanceof TamgaError) throw error
      throw storage(`the anchor ${name} could not be made`, error)
    }
    return FileAnchor.open(path)
  }

  /** Writes a file under another name first: whatever `path` leads to is whole and stays. */
  async #put(path: string, first: AnchorValue): Promise<void> {
    const temporary = join(this.#folder, `.${randomUUID()}`)
    const file = await openFile(temporary, 'wx', FILE_MODE)
    try {
      await writeFirstSlot(file, first)
      await file.sync()
      await link(temporary, path).catch((error: unknown) => {
        if (errnoOf(error) !== 'EEXIST') throw error
        throw new TamgaError('conflict', `there is an anchor in ${path} already`)
      })
    } finally {
      await file.close()
      await rm(temporary, { force: true })
    }
  }

  #path(name: string): string {
    return join(this.#folder, anchorFileName(name))
  }
}

/** @throws TamgaError `internal` for a name that is not a file's everywhere */
export function anchorFileName(name: string): string {
  if (NAME.test(name) && name.length <= NAME_CHARACTERS_MAX) return `${name}.anchor`
  throw new TamgaError('internal', `an anchor cannot have the name ${name}`)
}

function storage(message: string, cause: unknown): TamgaError {
  return new TamgaError('storage', message, { cause })
}
