/**
 * Logs in a folder, as `tamga audit export` writes them, or as anybody who serves tlog-tiles does.
 *
 * Reads plain files below the folder and nothing else: a link is refused, wherever it leads, for an
 * auditor's report shall be about what is in the folder.
 */
import { constants } from 'node:fs'
import { open, readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileHandle } from 'node:fs/promises'
import { Unreadable, type LogSource } from './log-source.ts'

/** Not on every system: where it is not, a link is found by where it leads. */
const NO_LINK: number = constants.O_NOFOLLOW ?? 0

export class FolderSource implements LogSource {
  readonly name: string
  readonly #root: string
  /** The folder that the last file was in: files are read side by side. */
  #checked = ''

  private constructor(name: string, root: string) {
    this.name = name
    this.#root = root
  }

  /** @throws Unreadable */
  static async open(folder: string): Promise<FolderSource> {
    try {
      return new FolderSource(folder, await realpath(folder))
    } catch (cause) {
      throw new Unreadable('missing', `there is no folder ${folder}`, { cause })
    }
  }

  async read(path: string, bytesMax: number): Promise<Uint8Array> {
    const file = join(this.#root, path)
    try {
      await this.#checkFolder(dirname(file), path)
      const handle = await open(file, constants.O_RDONLY | NO_LINK)
      try {
        return await readWhole(handle, path, bytesMax)
      } finally {
        await handle.close()
      }
    } catch (cause) {
      throw asUnreadable(cause, path)
    }
  }

  async list(folder: string): Promise<readonly string[]> {
    try {
      await this.#checkFolder(join(this.#root, folder), folder)
      return (await readdir(join(this.#root, folder))).sort()
    } catch (cause) {
      const unreadable = asUnreadable(cause, folder)
      if (unreadable.code === 'missing') return []
      throw unreadable
    }
  }

  /** That no folder on the way is a link. */
  async #checkFolder(folder: string, path: string): Promise<void> {
    if (folder === this.#checked) return
    if ((await realpath(folder)) !== folder) {
      throw new Unreadable('unreadable', `${path} is behind a link`)
    }
    this.#checked = folder
  }
}

async function readWhole(handle: FileHandle, path: string, bytesMax: number): Promise<Uint8Array> {
  const found = await handle.stat()
  if (!found.isFile()) throw new Unreadable('unreadable', `${path} is no plain file`)
  if (found.size > bytesMax) {
    throw new Unreadable('oversize', `${path} has ${found.size} bytes, more than ${bytesMax}`)
  }
  const bytes = new Uint8Array(found.size)
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length)
    if (bytesRead === 0) throw new Unreadable('unreadable', `${path} became shorter`)
    length += bytesRead
  }
  return bytes
}

function asUnreadable(cause: unknown, path: string): Unreadable {
  if (cause instanceof Unreadable) return cause
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new Unreadable('missing', `there is no ${path}`, { cause })
  }
  if (code === 'ELOOP') return new Unreadable('unreadable', `${path} is a link`, { cause })
  return new Unreadable('unreadable', `${path} cannot be read: ${String(code)}`, { cause })
}
