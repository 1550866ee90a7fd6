/**
 * Where an auditor reads logs from: files in the layout of C2SP tlog-tiles, under
 *
 *     roster                            the signed roster
 *     logs/<log>/checkpoint             the newest signed note
 *     logs/<log>/checkpoints/<name>     further notes of the same log
 *     logs/<log>/tile/<level>/<index>   hashes
 *     logs/<log>/tile/entries/<index>   entries
 *     logs/<log>/records/<index>        the access records of the batch that is entry <index>
 *     evidence/<name>                   what shows that a log lied
 *
 * A source is believed in nothing; it is the auditor who checks what comes out of it.
 */
export interface LogSource {
  /** What a person calls it. */
  readonly name: string
  /** The whole file. @throws Unreadable */
  read(path: string, bytesMax: number): Promise<Uint8Array>
  /** Names of the files in a folder, in order; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>
}

export type UnreadableCode = 'missing' | 'oversize' | 'unreadable'

/** A file that cannot be had. That it is longer than it can be is the file's own fault. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly code: UnreadableCode

  constructor(code: UnreadableCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
