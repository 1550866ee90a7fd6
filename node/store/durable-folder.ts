/** Folders whose being there, and what is in them by name, survives a power cut. */
import { mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** What only the node itself may look into. */
const FOLDER_MODE = 0o700

/** Makes the folder, and those above it, unless they are there. */
export async function makeFolder(path: string): Promise<void> {
  const folder = resolve(path)
  const first = (await mkdir(folder, { recursive: true, mode: FOLDER_MODE })) ?? folder
  // Its parent in any case: whoever made the folder may have died before this.
  for (let made = folder; made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made))
    if (made === dirname(made)) return
  }
}

/** Makes durable which names are in the folder. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The system's name of an error. */
export function errnoOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
